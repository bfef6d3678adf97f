import ArgumentParser
import Testing

@testable import osm_agent

struct SystemdUnitTests {
    private func lines(_ unit: SystemdUnit) -> [String] { unit.text.split(separator: "\n").map(String.init) }

    @Test func `a unit of the machine is as it was read over`() throws {
        let text = SystemdUnit(plan: try ServiceFixture.plan(.system), version: 252).text
        let expected = try ServiceFixture.golden("system.service", from: text)
        #expect(text == expected)
    }

    @Test func `a named unit of the machine has a user, folders and a socket of its own`() throws {
        let text = SystemdUnit(plan: try ServiceFixture.plan(.system, name: "work"), version: 257).text
        let expected = try ServiceFixture.golden("system-work.service", from: text)
        #expect(text == expected)
    }

    @Test func `a unit of a user is as it was read over`() throws {
        let text = SystemdUnit(plan: try ServiceFixture.plan(.user, name: "work"), version: 252).text
        let expected = try ServiceFixture.golden("user-work.service", from: text)
        #expect(text == expected)
    }

    @Test(arguments: [
        (0, ["RestartSec=5"]), (253, ["RestartSec=5"]),
        (254, ["RestartSec=1", "RestartSteps=8", "RestartMaxDelaySec=60"]),
    ])
    func `pauses grow where systemd can make them`(version: Int, expected: [String]) throws {
        let unit = SystemdUnit(plan: try ServiceFixture.plan(.system), version: version)
        let pauses = lines(unit).filter {
            $0.hasPrefix("RestartSec") || $0.hasPrefix("RestartS") || $0.hasPrefix("RestartM")
        }
        #expect(pauses == expected)
    }

    @Test func `it may take longer to stop than the agent lets requests finish`() throws {
        let plan = try ServiceFixture.plan(.system) { $0.grace = .milliseconds(90_500) }
        #expect(lines(SystemdUnit(plan: plan, version: 252)).contains("TimeoutStopSec=106"))
    }

    @Test func `every exit after which another start is of no use is one that the agent explains`() {
        let known = OsmAgent.configuration.discussion.split(separator: "\n").compactMap { line -> Int32? in
            line.split(separator: " ").first.flatMap { Int32($0) }
        }
        for code in ServicePlan.permanentExits { #expect(known.contains(code)) }
    }

    @Test func `it may write where the configuration has it write, and nowhere else`() throws {
        #expect(!SystemdUnit(plan: try ServiceFixture.plan(.system), version: 252).text.contains("ReadWritePaths"))
        let plan = try ServiceFixture.plan(.system) {
            $0.logFile = "/var/log/my agents/log"
            $0.configuration = "/srv/agent.yaml"
        }
        #expect(lines(SystemdUnit(plan: plan, version: 252)).contains("ReadWritePaths=\"/var/log/my agents\""))
    }

    @Test(arguments: ["/srv/agent.yaml", "/srv/with space/100% \"sure\" \\ $HOME.yaml"])
    func `what is where can be read back from it`(path: String) throws {
        let plan = try ServiceFixture.plan(.user) { $0.configuration = path }
        let text = SystemdUnit(plan: plan, version: 252).text
        #expect(SystemdUnit.own("Configuration", in: text) == path)
        #expect(SystemdUnit.own("Identity", in: text) == "/home/ada/.local/state/osm-agent")
        #expect(SystemdUnit.own("Socket", in: text) == "/run/user/1000/osm-agent.sock")
        #expect(SystemdUnit.own("Colour", in: text) == nil)
        #expect(SystemdUnit.own("Socket", in: "[Service]\nSocket=/elsewhere\n") == nil)
    }
}

struct UnitWordTests {
    @Test(arguments: [
        ("/usr/bin/osm-agent", "/usr/bin/osm-agent"),
        ("", "\"\""),
        ("/a b/c", "\"/a b/c\""),
        ("/100%/c", "/100%%/c"),
        ("/$HOME/c", "/$$HOME/c"),
        ("/a\"b'c", "\"/a\\\"b'c\""),
        ("/a\\b", "\"/a\\\\b\""),
        ("/ä", "\"/ä\""),
        ("a;b", "\"a;b\""),
    ])
    func `an argument is read back as it was`(word: String, written: String) {
        #expect(UnitWord.argument(word) == written)
    }

    @Test func `a program's path is not looked through for variables`() {
        #expect(UnitWord.path("/opt/$x/a b%") == "\"/opt/$x/a b%%\"")
    }

    @Test func `the rest of a line needs no quotes`() {
        #expect(UnitWord.line("/a b/100%") == "/a b/100%%")
    }
}
