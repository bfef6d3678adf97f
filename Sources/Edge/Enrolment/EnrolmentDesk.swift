import AdminHTTP
import CoreMetrics
import Logging
import Metrics
import NIOCore
import Synchronization
import TunnelProtocol

/// Where devices without a certificate show their invitations: checks the form, asks the issuer, passes its answer on.
///
/// ## Concurrency
/// The count of attempts is behind a lock; everything else never changes.
final class EnrolmentDesk: Sendable {
    private let issuer: Issuer
    private let logger: Logger
    private let attempts: Mutex<EnrolmentAttempts>
    private let enrolled: Counter
    private let refused: [IssuanceRefusal: Counter]

    init(_ configuration: EnrolmentConfiguration, issuer: Issuer, factory: any MetricsFactory, logger: Logger) {
        self.issuer = issuer
        self.logger = logger
        attempts = Mutex(EnrolmentAttempts(perMinute: configuration.attempts))
        let counter = { (result: String) in
            Counter(label: "osm_edge_enroll_total", dimensions: [("result", result)], factory: factory)
        }
        enrolled = counter("enrolled")
        let refusals = IssuanceRefusal.allCases.map { ($0, counter($0.rawValue)) }
        refused = Dictionary(uniqueKeysWithValues: refusals)
    }

    /// The bounds of its server.
    static func limits(_ configuration: EnrolmentConfiguration) -> AdminServer.Limits {
        var limits = AdminServer.Limits.standard
        limits.connections = configuration.connections
        limits.bodyBytes = TunnelConstants.enrolmentBodyBytes
        limits.request = configuration.deadline
        limits.answer = configuration.issuerDeadline + .seconds(2)
        limits.idle = .seconds(1)
        limits.streams = 0
        return limits
    }

    /// Agents are no browsers, and dial by any name that the edge has.
    static let check: AdminCheck = { request in
        request.origin == nil ? nil : .text("forbidden: a page of a browser\n", status: 403)
    }

    var routes: [String: AdminRoute] {
        [TunnelConstants.enrolmentPath: .post { [self] request in await answer(to: request) }]
    }

    private func answer(to request: AdminRequest) async -> AdminResponse {
        let peer = request.peer?.hostAndPort ?? "unknown"
        switch await enrol(request) {
        case .success(let answer):
            enrolled.increment()
            logger.notice(
                "device enrolled",
                metadata: ["device": "\(answer.device)", "name_length": "\(answer.name.utf8.count)", "peer": "\(peer)"]
            )
            return Self.response(answer)
        case .failure(let refusal):
            refused[refusal.code]?.increment()
            logger.info("enrolment refused", metadata: ["code": "\(refusal.code.rawValue)", "peer": "\(peer)"])
            return Self.response(refusal)
        }
    }

    private func enrol(_ request: AdminRequest) async -> Result<EnrolmentAnswer, Issuer.Refusal> {
        let network = request.peer?.host.flatMap { IPAddress($0) }.map(VisitorLimiter.Network.init)
        guard let network else { return .failure(Issuer.Refusal(.unavailable)) }
        if case .later(let seconds) = attempts.withLock({ $0.admit(network, at: .now()) }) {
            return .failure(Issuer.Refusal(.tooMany, retryAfterSeconds: seconds))
        }
        // Only what was understood goes on: the issuer never sees a byte that the edge has not read itself.
        let document = IssuanceJSON.document(EnrolmentRequest.self, from: request.body.readableBytesView)
        guard let document else { return .failure(Issuer.Refusal(.requestRefused)) }
        return await issuer.enrol(document)
    }

    private static func response(_ answer: EnrolmentAnswer) -> AdminResponse {
        do {
            return .json(try IssuanceJSON.bytes(answer))
        } catch {
            return response(Issuer.Refusal(.unavailable))  // never: strings always encode
        }
    }

    /// What the server itself refuses: another path or method, a body that is too long, an answer that is late.
    static let refuse: AdminRefusal = { status, _ in
        response(IssuanceProblem(IssuanceRefusal(status: status), status: status))
    }

    private static func response(_ problem: IssuanceProblem) -> AdminResponse {
        let body: [UInt8]
        do { body = try IssuanceJSON.bytes(problem) } catch { body = [] }  // never: strings always encode
        return AdminResponse(
            status: problem.status,
            contentType: IssuanceProblem.contentType,
            body: ByteBuffer(bytes: body)
        )
    }

    private static func response(_ refusal: Issuer.Refusal) -> AdminResponse {
        var response = response(IssuanceProblem(refusal.code))
        if let seconds = refusal.retryAfterSeconds { response.fields = [(name: "retry-after", value: "\(seconds)")] }
        return response
    }
}
