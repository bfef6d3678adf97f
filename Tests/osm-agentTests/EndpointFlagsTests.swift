import ArgumentParser
import TestSupport
import Testing

@testable import osm_agent

/// What the flags of a command that serves something are refused for.
struct EndpointFlagsTests {
    /// What the person reads; nil when nothing is wrong.
    private func refusal(_ arguments: String...) -> String? {
        do {
            _ = try OsmAgent.parseAsRoot(arguments)
            return nil
        } catch {
            return OsmAgent.message(for: error)
        }
    }

    @Test func `a folder that is not there is refused by its path`() throws {
        let folder = try TemporaryFolder()
        #expect(refusal("http", folder.path) == nil)
        let path = "\(folder.path)/nowhere"
        #expect(refusal("http", path) == "TARGET: There is no folder '\(path)'. Create it, or correct the path.")
    }

    @Test func `a name that is wrong is told of by the flag that it came with`() {
        #expect(refusal("http", "3000", "--name", "a/b")?.hasPrefix("--name: ") == true)
        #expect(refusal("http", "3000", "--label", "a/b")?.hasPrefix("--label: ") == true)
        #expect(refusal("tcp", "22", "--label", "a/b")?.hasPrefix("--label: ") == true)
        #expect(refusal("http", "3000", "--name", "app") == nil)
    }
}
