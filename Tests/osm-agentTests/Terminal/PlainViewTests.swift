import Agent
import Foundation
import Testing

@testable import osm_agent

struct PlainViewTests {
    @Test func `tells an address once, on standard output`() {
        var view = PlainView(showsRequests: false)
        #expect(
            view.lines(for: .endpoint(SampleViews.endpoint())) == [
                .address("https://demo.tunnel.example.com"),
                .news("https://demo.tunnel.example.com -> 127.0.0.1:3000"),
                .news("mode edge: the operator of tunnel.example.com can read it"),
            ]
        )
        #expect(view.lines(for: .endpoint(SampleViews.endpoint { $0.state = .waiting })) == [])
        #expect(view.lines(for: .endpoint(SampleViews.endpoint())) == [])
    }

    @Test func `tells each change of a tunnel once`() {
        var view = PlainView(showsRequests: false)
        let waiting = SampleViews.tunnel {
            $0.phase = .waiting
            $0.problem = "No answer."
            $0.retryInSeconds = 1.26
        }
        #expect(view.lines(for: .tunnel(SampleViews.tunnel { $0.phase = .connecting })) == [])
        #expect(
            view.lines(for: .tunnel(SampleViews.tunnel()))
                == [.news("connected to the edge, key exchange X25519MLKEM768")]
        )
        #expect(view.lines(for: .tunnel(SampleViews.tunnel { $0.roundTripMilliseconds = 3 })) == [])
        #expect(
            view.lines(for: .tunnel(SampleViews.tunnel { $0.phase = .draining }))
                == [.news("the edge is shutting down; another tunnel is on its way")]
        )
        #expect(view.lines(for: .tunnel(waiting)) == [.news("not connected: No answer.; trying again in 1.3 s")])
        #expect(view.lines(for: .tunnel(waiting)) == [])
    }

    @Test func `writes requests when asked`() throws {
        var silent = PlainView(showsRequests: false)
        var view = PlainView(showsRequests: true)
        let event = AgentEvent.request(try SampleViews.request("/a"))
        #expect(silent.lines(for: event) == [])
        #expect(view.lines(for: event) == [.news("GET /a 200 1234 B 12.3 ms")])
    }

    @Test func `names the endpoint of a request where there are several`() throws {
        var view = PlainView(showsRequests: true)
        for name in ["web", "docs"] { _ = view.lines(for: .endpoint(SampleViews.endpoint { $0.name = name })) }
        let event = AgentEvent.request(try SampleViews.request("/a"))
        #expect(view.lines(for: event) == [.news("web GET /a 200 1234 B 12.3 ms")])
        _ = view.lines(for: .removed(name: "docs"))
        #expect(view.lines(for: event) == [.news("GET /a 200 1234 B 12.3 ms")])
    }

    @Test func `lets no visitor write to the terminal`() throws {
        var view = PlainView(showsRequests: true)
        let record = try SampleViews.request("/\u{1B}[2J\r\n写 a", method: "G\u{7}T")
        #expect(view.lines(for: .request(record)) == [.news("G?T /?[2J???a 200 1234 B 12.3 ms")])
    }

    @Test func `tells when a local service gives no answer, and when it does again`() {
        var view = PlainView(showsRequests: false)
        func heard(_ state: OriginStatus.State, _ problem: String? = nil) -> [SpokenLine] {
            view.lines(
                for: .endpoint(SampleViews.endpoint { $0.origin = OriginStatus(state: state, problem: problem) })
            )
        }
        _ = heard(.unknown)
        #expect(heard(.ok) == [])
        #expect(heard(.failing, "It refused.") == [.news("web gives no answer: It refused.")])
        #expect(heard(.failing, "It refused.") == [])
        #expect(heard(.ok) == [.news("web answers again")])
    }

    @Test func `tells when an endpoint is out of reach, and when no longer`() {
        var view = PlainView(showsRequests: false)
        func probed(_ ok: Bool) -> AgentEvent {
            .endpoint(
                SampleViews.endpoint {
                    $0.url = nil
                    $0.probe = ProbeStatus(at: SampleViews.now, ok: ok, problem: ok ? nil : "no\nanswer")
                }
            )
        }
        #expect(view.lines(for: probed(true)) == [])
        #expect(view.lines(for: probed(false)) == [.news("web is out of reach by its public name: no answer")])
        #expect(view.lines(for: probed(false)) == [])
        #expect(view.lines(for: probed(true)) == [.news("web can be reached again")])
    }

    @Test func `tells of a refusal when there is something else to serve`() {
        var view = PlainView(showsRequests: false)
        let refused = SampleViews.endpoint {
            $0.state = .refused
            $0.problem = "The name is taken."
        }
        #expect(view.lines(for: .endpoint(refused)) == [])
        _ = view.lines(for: .endpoint(SampleViews.endpoint { $0.name = "other" }))
        _ = view.lines(for: .endpoint(SampleViews.endpoint { $0.state = .waiting }))
        #expect(view.lines(for: .endpoint(refused)) == [.news("web is refused: The name is taken.")])
    }

    @Test func `says that it leaves, and what is served no more`() {
        var view = PlainView(showsRequests: false)
        #expect(
            view.lines(for: .leaving(requests: 1))
                == [.news("leaving: 1 request is under way; a second signal ends at once")]
        )
        #expect(view.lines(for: .removed(name: "web")) == [.news("web is served no more")])
    }
}

struct EventLinesTests {
    private struct Line: Decodable {
        let time, level, component, msg, event: String
        let tunnel: TunnelStatus?
    }

    @Test func `is a line of the log with the event in it`() throws {
        var view = EventLines(showsRequests: false)
        let waiting = SampleViews.tunnel { $0.phase = .waiting }
        let lines = view.lines(for: .tunnel(waiting), at: SampleViews.now)
        guard case .news(let text)? = lines.first else { throw AnotherLine() }
        let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
        #expect(line.time == "2026-01-02T03:04:05.000Z")
        #expect(line.level == "warning")
        #expect(line.msg == "tunnel changed")
        #expect(line.event == "tunnel")
        #expect(line.tunnel == waiting)
        #expect(!text.contains("\n"))
    }

    @Test func `gives the address on standard output, once, and requests when asked`() throws {
        var view = EventLines(showsRequests: false)
        let first = view.lines(for: .endpoint(SampleViews.endpoint()), at: SampleViews.now)
        #expect(first.first == .address("https://demo.tunnel.example.com"))
        #expect(first.count == 2)
        #expect(view.lines(for: .endpoint(SampleViews.endpoint()), at: SampleViews.now).count == 1)
        let request = AgentEvent.request(try SampleViews.request("/"))
        #expect(view.lines(for: request, at: SampleViews.now) == [])
        var asked = EventLines(showsRequests: true)
        #expect(asked.lines(for: request, at: SampleViews.now).count == 1)
    }

    private struct AnotherLine: Error {}
}
