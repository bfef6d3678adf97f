import Agent
import Foundation
import TestSupport
import Testing

@testable import osm_agent

struct ServiceInstanceTests {
    @Test(arguments: ["work", "a", "2", "my-laptop-2", "abcdefghijklmnopqrst"])
    func `a word is a name`(name: String) throws {
        #expect(try ServiceInstance(scope: .system, name: name).unit == "osm-agent-\(name).service")
    }

    @Test(arguments: ["", "-a", "a-", "A", "ä", "a b", "../x", "a.b", "abcdefghijklmnopqrstu", "a\nb"])
    func `anything else is none`(name: String) {
        let exit = #expect(throws: AgentExit.self) { try ServiceInstance(scope: .user, name: name) }
        #expect(exit?.code == 2)
    }
}

struct ServicePlacesTests {
    @Test func `a user's folders are where the user has them`() throws {
        let variables = [
            "HOME": "/home/ada", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative", "XDG_RUNTIME_DIR": "/r",
        ]
        let places = ServicePlaces.systemd(try ServiceInstance(scope: .user, name: nil), variables, user: 7)
        #expect(places.definition == "/c/systemd/user/osm-agent.service")
        #expect(places.configuration == "/c/osm-agent/config.yaml")
        #expect(places.identity == "/home/ada/.local/state/osm-agent")
        #expect(places.socket == "/r/osm-agent.sock")
    }

    @Test func `commands find the first service of a machine where it answers`() throws {
        let places = ServicePlaces.systemd(try ServiceInstance(scope: .system, name: nil), [:], user: 0)
        #expect(places.socket == ServicePlaces.systemSocket)
        #expect(places.configuration == ConfigurationSearch.systemPath)
    }
}

struct ServicePlanTests {
    @Test func `no unit can hold a path with a control character`() throws {
        let plan = try ServiceFixture.plan(.system) { $0.identity = "/var/lib/x\n[Service]\nUser=root" }
        let exit = #expect(throws: AgentExit.self) { try plan.checked() }
        #expect(exit?.code == 2)
    }

    @Test func `exits that time may mend are not final`() {
        for code in [1, 21, 27, 30, 32, 33, 37, 40] as [Int32] { #expect(!ServicePlan.permanentExits.contains(code)) }
    }
}

struct ServiceExecutableTests {
    private func path(_ word: String, _ folders: String = "/usr/bin::rel:/opt/bin") -> String? {
        ServiceDraft.executable(word, ["PATH": folders], currentFolder: "/srv") { $0 == "/opt/bin/osm-agent" }
    }

    @Test func `the program stays where it was called`() {
        #expect(path("/usr/local/bin/osm-agent") == "/usr/local/bin/osm-agent")
        #expect(path("./osm-agent") == "/srv/osm-agent")
        #expect(path("bin/osm-agent") == "/srv/bin/osm-agent")
        #expect(path("osm-agent") == "/opt/bin/osm-agent")
        #expect(path("osm-agent", "/usr/bin") == nil)
    }
}

struct VariablesFileTests {
    @Test func `one variable a line, in quotes or not`() {
        let text = """
            # comment
            ; comment
            HTTPS_PROXY=http://proxy:3128
              NO_PROXY = "a, b"
            ONE='$x'
            EMPTY=
            A=b=c
            2x=no
            no value
            =no

            """
        let expected = [
            "HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "a, b", "ONE": "$x", "EMPTY": "", "A": "b=c",
        ]
        #expect(VariablesFile.variables(text) == expected)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct HostCommandTests {
    private func run(_ script: String, deadline: Duration = .seconds(20)) -> HostCommand.Outcome {
        HostCommand(words: ["sh", "-c", script], deadline: deadline).run()
    }

    @Test func `says what came out, and how it ended`() {
        #expect(run("echo out; echo err >&2; exit 3") == .init(ending: .exited(3), output: "out\n", errors: "err\n"))
        #expect(run("kill -9 $$").ending == .killed)
        #expect(HostCommand(words: ["/nonexistent/program"]).run().ending == .notStarted(ENOENT))
    }

    @Test func `it reads nothing, and speaks a language that programs read`() {
        #expect(run("cat; echo $LC_ALL $TZ").output == "C UTC\n")
    }

    @Test func `it ends at the deadline`() {
        #expect(run("while :; do :; done", deadline: .milliseconds(100)).ending == .timedOut)
    }

    @Test func `it may say more than a pipe holds`() {
        let outcome = run("head -c 300000 /dev/zero | tr '\\0' x")
        #expect(outcome.isSuccess)
        #expect(outcome.output.count == 256 * 1024)
    }

    @Test func `it can be typed again`() {
        #expect(HostCommand(words: ["rm", "a b", "it's", ""]).text == #"rm 'a b' 'it'\''s' ''"#)
    }
}

struct HostFactsTests {
    private func nextStep(_ first: String?, isContainer: Bool = false, isWSL: Bool = false) -> String {
        let facts = HostFacts(supervision: .none, firstProcess: first, isContainer: isContainer, isWSL: isWSL)
        return facts.refusal(command: "osm-agent run --config /c").nextStep
    }

    @Test func `says what to do where systemd does not run`() {
        #expect(nextStep("sh", isContainer: true).contains("own process: osm-agent run --config /c"))
        #expect(nextStep("init", isWSL: true).contains("/etc/wsl.conf"))
        #expect(nextStep("runit").contains("exec osm-agent run --config /c"))
        #expect(nextStep("s6-svscan").contains("s6"))
        #expect(nextStep("init").contains("supervise-daemon"))
        #expect(nextStep(nil).hasSuffix("osm-agent run --config /c"))
    }

    #if os(Linux)
    @Test func `looks at the files that tell`() throws {
        let root = try TemporaryFolder()
        func make(_ path: String, _ text: String?) throws {
            let url = URL(filePath: root.path + path)
            let folder = text == nil ? url : url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if let text { try Data(text.utf8).write(to: url) }
        }
        try make("/proc/1/comm", "runit\n")
        var facts = HostFacts.here(root: root.path)
        #expect(facts == HostFacts(supervision: .none, firstProcess: "runit", isContainer: false, isWSL: false))
        try make("/run/.containerenv", "")
        try make("/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n")
        try make("/run/systemd/system", nil)
        facts = HostFacts.here(root: root.path)
        #expect(facts == HostFacts(supervision: .systemd, firstProcess: "runit", isContainer: true, isWSL: true))
    }
    #endif
}
