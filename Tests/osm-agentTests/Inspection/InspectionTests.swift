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
        #expect(try #require(Inspection(AgentSettings())).observer.log.redaction == .secrets)
        var settings = AgentSettings()
        settings.inspectsSecrets = true
        #expect(try #require(Inspection(settings)).observer.log.redaction == .nothing)
    }

    @Test func `has no link before the page is there`() throws {
        #expect(try #require(Inspection(AgentSettings())).url == nil)
    }
}
