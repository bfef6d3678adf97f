import FoundationEssentials
import NIOCore
import Testing

@testable import Agent
@testable import osm_agent

struct LocalCommandTests {
    @Test(arguments: [
        (
            #"{"level":"info","time":"T","msg":"tunnel lost","component":"agent","retry_in":"1 s","n":3,"deep":{"a":["x",true]}}"#,
            "T info agent tunnel lost deep=a=[x true] n=3 retry_in=1 s\n"
        ),
        (#"{"level":"info","msg":"\u001b[2J\n"}"#, #"info \u{1B}[2J\u{A}"# + "\n"),
        ("not JSON", "not JSON\n"),
    ])
    func `a line of the log is one harmless line of text`(line: String, text: String) {
        #expect(LogLineText.of(ByteBuffer(string: line)) == text)
    }

    @Test func `the list has a row for each endpoint, and columns that stand under one another`() {
        let serving = EndpointListing(
            name: "web",
            source: .command,
            enabled: true,
            spec: TestAgent.spec("web"),
            status: {
                var status = EndpointStatus(name: "web", kind: "http", target: "http://localhost:3000")
                status.state = .serving
                status.url = "https://web.tunnel.example"
                return status
            }()
        )
        let stopped = EndpointListing(
            name: "another",
            source: .file,
            enabled: false,
            spec: TestAgent.spec("another", target: "4000"),
            status: nil
        )
        #expect(
            List.text([serving, stopped]) == """
                NAME     KIND  STATE    SOURCE   ADDRESS                     TARGET
                web      http  serving  command  https://web.tunnel.example  localhost:3000
                another  http  stopped  file     -                           4000

                """
        )
        #expect(List.text([]).hasPrefix("no endpoints"))
    }

    @Test func `the status says whether the agent is ready, and what is in the way`() {
        let agent = TestAgent()
        agent.state.update(TunnelSeat(edge: "edge:8443", slot: 0)) {
            $0.phase = .waiting
            $0.problem = "nothing listens there"
            $0.retryInSeconds = 2.5
        }
        let waiting = StatusText.of(agent.state.current)
        #expect(waiting.contains("ready     no: nothing listens there\n"))
        #expect(waiting.contains("tunnel    edge:8443 #0, waiting\n"))
        #expect(waiting.contains("          nothing listens there; trying again in 2.5 s\n"))
        agent.state.update(TunnelSeat(edge: "edge:8443", slot: 0)) {
            $0.phase = .connected
            $0.problem = nil
        }
        #expect(StatusText.of(agent.state.current).contains("ready     yes\n"))
    }

    @Test func `the status tells of a service that fails, of what is stopped, and of a file that is wrong`() throws {
        let agent = TestAgent()
        let endpoint = try TestAgent.spec("web", target: "3000").endpoint()
        agent.state.replace([endpoint])
        #expect(!StatusText.of(agent.state.current).contains("requests fail"))
        agent.state.originHeard("It refused.", of: endpoint)
        var status = agent.state.current
        var stopped = EndpointStatus(name: "docs", kind: "http", target: "4000")
        stopped.state = .stopped
        status.endpoints.append(stopped)
        status.configurationProblems = ["config.yaml:3:1: no", "config.yaml:4:1: no"]
        let text = StatusText.of(status)
        #expect(text.contains("          requests fail since "))
        #expect(text.contains(": It refused.\n"))
        #expect(text.contains("endpoint  docs, stopped -> 4000\n"))
        #expect(text.contains("config    not reloaded, "))
        #expect(text.contains("          config.yaml:4:1: no\n"))
    }

    @Test func `the list tells of a service that fails`() {
        var status = EndpointStatus(name: "web", kind: "http", target: "3000")
        status.state = .serving
        status.origin = OriginStatus(state: .failing, problem: "It refused.", since: nil)
        let listing = EndpointListing(
            name: "web",
            source: .command,
            enabled: true,
            spec: TestAgent.spec("web"),
            status: status
        )
        #expect(List.text([listing]).contains(" failing "))
    }

    @Test func `the version is the program's and the API's`() throws {
        #expect(try JSONText.line(VersionDocument.own) == #"{"api":1,"version":"\#(AgentVersion.text)"}"# + "\n")
    }
}
