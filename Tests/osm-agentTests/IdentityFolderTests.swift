import TestSupport
import Testing

@testable import Agent
@testable import osm_agent

struct IdentityFolderTests {
    /// What to do next, as the refusal says.
    private func nextStep(_ folder: IdentityFolder) -> String? {
        let exit = #expect(throws: AgentExit.self) { _ = try folder.credentials() }
        return exit?.nextStep
    }

    @Test func `says which command comes next until there is a certificate`() throws {
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: "\(scratch.path)/identity")
        #expect(nextStep(folder)?.hasSuffix("osm-agent identity create --identity \(folder.path)") == true)
        try folder.create(name: "laptop")
        let next = try #require(nextStep(folder))
        #expect(next.hasPrefix("Send \(folder.requestPath) to your operator, "))
        #expect(next.hasSuffix("osm-agent identity install --identity \(folder.path) device.pem"))
    }
}
