import FoundationEssentials
import HTTPFields
import NIOCore
import Synchronization

@testable import Inspector

/// Clocks that stand still until a test moves them on.
final class StillClock: Sendable {
    private let elapsed = Mutex(TimeAmount.zero)

    var clock: ExchangeClock {
        ExchangeClock(
            wall: { Date(timeIntervalSince1970: 1_800_000_000.125 + Double(self.now.nanoseconds) / 1e9) },
            uptime: { .uptimeNanoseconds(1_000_000_000) + self.now }
        )
    }

    private var now: TimeAmount { elapsed.withLock { $0 } }

    func advance(_ amount: TimeAmount) { elapsed.withLock { $0 = $0 + amount } }
}

extension FieldSection {
    /// Fields as a tunnel brings them, in order.
    init(_ fields: KeyValuePairs<String, String>) {
        self.init()
        for (name, value) in fields { append(name, value) }
    }

    static func request(
        _ method: String = "GET",
        _ path: String = "/",
        _ fields: KeyValuePairs<String, String> = [:]
    ) -> FieldSection {
        var request = FieldSection([
            ":method": method, ":scheme": "https", ":authority": "app.example.com", ":path": path,
        ])
        for (name, value) in fields { request.append(name, value) }
        return request
    }

    static func response(_ status: Int = 200, _ fields: KeyValuePairs<String, String> = [:]) -> FieldSection {
        var response = FieldSection([":status": String(status)])
        for (name, value) in fields { response.append(name, value) }
        return response
    }
}

extension ExchangeLog {
    /// Records a whole exchange.
    @discardableResult
    func pass(
        _ request: FieldSection,
        _ body: String? = nil,
        _ response: FieldSection = .response(),
        _ answer: String? = nil
    ) -> Int {
        let recorder = record(endpoint: "web", request: request)
        if let body { recorder.received(ByteBuffer(string: body)) }
        recorder.receivedEnd()
        recorder.sends(head: response)
        if let answer { recorder.sends(ByteBuffer(string: answer)) }
        recorder.sendsEnd(trailers: nil)
        recorder.closed(problem: nil)
        return recorder.id
    }
}

extension RedactedBytes {
    var text: String { String(decoding: shown, as: UTF8.self) }
}
