import AdminHTTP
import CoreMetrics
import Metrics
import NIOCore
import Synchronization
import TunnelProtocol

/// What an edge tells the programs beside it, such as the TLS terminator in front.
///
/// ## Concurrency
/// The bucket is behind a lock; names are looked up on the event loop of the core.
final class EdgeInternal: Sendable {
    private let core: NIOLoopBound<EdgeCore>
    private let eventLoop: any EventLoop
    private let bucket: Mutex<TokenBucket>
    private let counters: [Answer: Counter]

    /// What was answered; the raw value is a label in metrics.
    enum Answer: String, CaseIterable {
        case served, unknown, limited

        var response: AdminResponse {
            switch self {
            case .served: .text("served here\n")
            case .unknown: .text("not served here\n", status: 404)
            case .limited: Self.tooMany
            }
        }

        private static var tooMany: AdminResponse {
            var response = AdminResponse.text("too many questions\n", status: 429)
            response.fields = [(name: "retry-after", value: "1")]
            return response
        }
    }

    init(core: NIOLoopBound<EdgeCore>, eventLoop: any EventLoop, limits: AskLimits, factory: any MetricsFactory) {
        self.core = core
        self.eventLoop = eventLoop
        bucket = Mutex(TokenBucket(perSecond: limits.perSecond, burst: limits.burst))
        let made = Answer.allCases.map { answer in
            let labels = [("result", answer.rawValue)]
            return (answer, Counter(label: "osm_edge_ask_total", dimensions: labels, factory: factory))
        }
        counters = Dictionary(uniqueKeysWithValues: made)
    }

    var routes: [String: AdminRoute] {
        [
            "/internal/caddy/ask": .get { [self] request in
                let answer = await self.answer(to: request)
                counters[answer]?.increment()
                return answer.response
            }
        ]
    }

    /// Whoever asks chose the address himself; only a browser's page has no business here.
    static let check: AdminCheck = { request in
        request.origin == nil ? nil : .text("forbidden: a page of a browser\n", status: 403)
    }

    private func answer(to request: AdminRequest) async -> Answer {
        guard let name = CertificateQuestion.name(in: request) else { return counted(.unknown) }
        do {
            let standing = try await eventLoop.submit { [core] in
                core.value.bindings.standing(of: name.text, at: .now())
            }.get()
            switch standing {
            case .own: return .served
            case .wildcard: return counted(.served)
            case .nowhere: return counted(.unknown)
            }
        } catch {
            return .unknown  // the loop is gone, and with it every name
        }
    }

    /// An answer about a name that anybody can invent; whoever does, in one handshake after the other, must not keep those
    /// who have a name from their certificate.
    private func counted(_ answer: Answer) -> Answer {
        bucket.withLock { $0.take(at: .now()) } ? answer : .limited
    }
}

/// How often a TLS terminator may ask.
package struct AskLimits: Sendable, Equatable {
    package var perSecond = 20
    /// At once, after a quiet time.
    package var burst = 100

    package init() {}
}
