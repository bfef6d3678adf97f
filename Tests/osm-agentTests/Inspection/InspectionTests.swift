import Inspector
import Testing

@testable import osm_agent

struct InspectionTests {
    @Test func `is not made when nobody is to look on`() {
        var settings = AgentSettings()
        settings.inspects = false
        #expect(Inspection(settings) == nil)
    }

    @Test func `takes secrets out unless it is told otherwise`() throws {
        var settings = AgentSettings()
        let usual = try #require(Inspection(settings))
        #expect(usual.observer.log.redaction == .secrets)
        settings.inspectsSecrets = true
        let open = try #require(Inspection(settings))
        #expect(open.observer.log.redaction == .nothing)
    }

    @Test func `has no link before the page is there`() throws {
        let inspection = try #require(Inspection(AgentSettings()))
        #expect(inspection.url == nil)
    }
}
