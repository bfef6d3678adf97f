import Foundation
import Testing

@testable import osm_agent

struct LaunchdJobTests {
    /// The members as a reader of property lists that we did not write finds them.
    private func members(_ job: LaunchdJob) throws -> [String: Any] {
        let list = try unsafe PropertyListSerialization.propertyList(from: Data(job.text.utf8), format: nil)
        return try #require(list as? [String: Any])
    }

    @Test func `a daemon of the machine is as it was read over`() throws {
        let plan = try ServiceFixture.launchd(.system) {
            $0.owner = "ada"
            $0.variables = ["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "<local>&more"]
        }
        let text = LaunchdJob(plan: plan).text
        let expected = try ServiceFixture.golden("daemon.plist", from: text)
        #expect(text == expected)
    }

    @Test func `an agent of a user is as it was read over`() throws {
        let text = LaunchdJob(plan: try ServiceFixture.launchd(.user)).text
        let expected = try ServiceFixture.golden("agent.plist", from: text)
        #expect(text == expected)
    }

    @Test func `it says everything that launchd has to know`() throws {
        let members = try members(LaunchdJob(plan: try ServiceFixture.launchd(.user)))
        #expect(members["Label"] as? String == "osm-agent")
        let arguments = try #require(members["ProgramArguments"] as? [String])
        let folder = "/Users/ada/Library/Application Support/osm-agent"
        #expect(arguments.prefix(4) == ["/usr/local/bin/osm-agent", "run", "--config", "\(folder)/config.yaml"])
        #expect(arguments.suffix(4) == ["--identity", folder, "--socket", "\(folder)/agent.sock"])
        #expect(members["RunAtLoad"] as? Bool == true)
        #expect((members["KeepAlive"] as? [String: Bool]) == ["SuccessfulExit": false, "Crashed": true])
        #expect(members["ThrottleInterval"] as? Int == 30)
        #expect(members["ExitTimeOut"] as? Int == 45)
        #expect(members["StandardErrorPath"] as? String == "/Users/ada/Library/Logs/osm-agent.log")
        #expect(members["UserName"] == nil)
        #expect(members["EnvironmentVariables"] == nil)
    }

    @Test(arguments: ["/a b/<c> & \"d\" 'e'/100%.yaml", "/ä/\u{1F600}.yaml", "/]]>/&amp;.yaml"])
    func `a path of any letters comes out as it went in`(path: String) throws {
        let job = LaunchdJob(plan: try ServiceFixture.launchd(.user) { $0.configuration = path })
        let arguments = try #require(try members(job)["ProgramArguments"] as? [String])
        #expect(arguments[3] == path)
        #expect(LaunchdJob.argument("--config", in: job.text) == path)
        #expect(LaunchdJob.argument("--colour", in: job.text) == nil)
    }

    @Test func `what no XML can hold is left out`() throws {
        let list = PropertyList.members([
            .init("k\u{1}", .list([.text("a\u{0}\u{8}b\rc\n"), .truth(false), .number(-1)]))
        ])
        let read = try unsafe PropertyListSerialization.propertyList(from: Data(list.document.utf8), format: nil)
        let values = try #require((read as? [String: Any])?["k"] as? [Any])
        #expect(values[0] as? String == "ab\rc\n")
        #expect(values[1] as? Bool == false)
        #expect(values[2] as? Int == -1)
    }
}
