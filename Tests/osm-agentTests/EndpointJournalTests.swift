import Agent
import Testing

@testable import osm_agent

struct EndpointJournalTests {
    private func endpoint(_ change: (inout EndpointStatus) -> Void = { _ in }) -> EndpointStatus {
        SampleViews.endpoint(change)
    }

    @Test func `an address is written down when it is there, and when it changes`() {
        var journal = EndpointJournal()
        #expect(journal.lines(endpoint { $0.state = .waiting }) == [])
        let serving = "info endpoint serving: web url=https://demo.tunnel.example.com"
        #expect(journal.lines(endpoint()) == [serving])
        #expect(journal.lines(endpoint { $0.probe = ProbeStatus(at: SampleViews.now, ok: true) }) == [])
        #expect(journal.lines(endpoint { $0.url = "https://b" }) == ["info endpoint serving: web url=https://b"])
        #expect(journal.lines() == [])
        #expect(journal.lines(endpoint()) == [serving])
    }

    @Test func `a service that fails is written down once, and so is that it answers again`() {
        var journal = EndpointJournal()
        _ = journal.lines(endpoint())
        let failing = OriginStatus(state: .failing, problem: "It refused.", since: SampleViews.now)
        let line = "warning local service gives no answer: web problem=It refused."
        #expect(journal.lines(endpoint { $0.origin = OriginStatus(state: .ok) }) == [])
        #expect(journal.lines(endpoint { $0.origin = failing }) == [line])
        #expect(journal.lines(endpoint { $0.origin = failing }) == [])
        #expect(
            journal.lines(endpoint { $0.origin = OriginStatus(state: .ok) })
                == ["notice local service answers again: web target=127.0.0.1:3000"]
        )
    }
}

extension EndpointJournal {
    /// What is new, as lines of text.
    fileprivate mutating func lines(_ endpoints: EndpointStatus...) -> [String] {
        notes(on: endpoints).map { note in
            "\(note.level) \(note.message): \(note.endpoint) \(note.detail.key)=\(note.detail.text)"
        }
    }
}
