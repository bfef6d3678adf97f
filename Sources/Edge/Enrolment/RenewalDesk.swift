import CoreMetrics
import Metrics
import TunnelProtocol

/// Asks the issuer for devices that renew over their tunnels.
///
/// ## Concurrency
/// Tunnels put questions into a bounded queue from their event loops; ``run()`` owns the tasks that ask, and each answer
/// is given from one of them.
final class RenewalDesk: Sendable {
    typealias Answer = Result<EnrolmentAnswer, Issuer.Refusal>

    private struct Question: Sendable {
        let request: RenewalRequest
        let answer: @Sendable (Answer) -> Void
    }

    /// Questions that wait, and how many of them are asked at once: a fleet that comes back together renews together.
    private static let queue = 1024
    private static let atOnce = 8

    private let issuer: Issuer
    private let factory: any MetricsFactory
    private let questions: AsyncStream<Question>
    private let ask: AsyncStream<Question>.Continuation

    init(_ issuer: Issuer, factory: any MetricsFactory) {
        self.issuer = issuer
        self.factory = factory
        (questions, ask) = AsyncStream.makeStream(of: Question.self, bufferingPolicy: .bufferingOldest(Self.queue))
    }

    /// Asks for a device's next certificate.
    ///
    /// - Parameters:
    ///   - request: Which device, as its tunnel has shown, and what it sent.
    ///   - answer: Called once, from any thread; never when the edge ends first.
    func renew(_ request: RenewalRequest, _ answer: @escaping @Sendable (Answer) -> Void) {
        let question = Question(request: request) { [factory] result in
            Self.count(result, factory)
            answer(result)
        }
        guard case .enqueued = ask.yield(question) else {
            return question.answer(.failure(Issuer.Refusal(.unavailable)))
        }
    }

    /// Asks until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for await question in questions {
                if underWay == Self.atOnce {
                    await group.next()
                    underWay -= 1
                }
                underWay += 1
                group.addTask { [issuer] in question.answer(await issuer.renew(question.request)) }
            }
            group.cancelAll()
        }
    }

    private static func count(_ answer: Answer, _ factory: any MetricsFactory) {
        let result =
            switch answer {
            case .success: "renewed"
            case .failure(let refusal): refusal.code.rawValue
            }
        Counter(label: "osm_edge_renewals_total", dimensions: [("result", result)], factory: factory).increment()
    }
}
