import AdminHTTP
import Logging
import NIOCore
import TunnelProtocol

/// The operator's service that signs devices' certificates, as the edge in front of it asks it.
///
/// What it says is believed no further than its form: each agent checks for itself what it is given.
///
/// ## Concurrency
/// A value; each question has a connection of its own, and ends by its deadline.
struct Issuer: Sendable {
    let address: AdminAddress
    let logger: Logger
    /// For the whole answer.
    var deadline = Duration.seconds(10)

    /// Why there is no certificate.
    struct Refusal: Error, Equatable {
        let code: IssuanceRefusal
        let retryAfterSeconds: Int?

        init(_ code: IssuanceRefusal, retryAfterSeconds: Int? = nil) {
            self.code = code
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// Hands an invitation over.
    func enrol(_ request: EnrolmentRequest) async -> Result<EnrolmentAnswer, Refusal> {
        await ask("/v1/enroll", request)
    }

    /// Asks for the next certificate of a device that has shown its present one.
    func renew(_ request: RenewalRequest) async -> Result<EnrolmentAnswer, Refusal> {
        await ask("/v1/renew", request)
    }

    private func ask(_ path: String, _ question: some Encodable & Sendable) async -> Result<EnrolmentAnswer, Refusal> {
        let answer: AdminClient.Answer
        do {
            var limits = AdminClient.Limits.standard
            limits.deadline = deadline
            limits.bodyBytes = TunnelConstants.enrolmentBodyBytes * 2
            answer = try await AdminClient.post(
                path,
                body: ByteBuffer(bytes: try IssuanceJSON.bytes(question)),
                at: address,
                // It runs as a user of its own, who alone may read its keys.
                answerer: .anyUser,
                limits: limits
            )
        } catch {
            logger.warning("issuer gives no answer", metadata: ["issuer": "\(address)", "error": "\(error)"])
            return .failure(Refusal(.unavailable))
        }
        guard answer.status == 200 else { return .failure(Self.refusal(answer)) }
        guard let document = IssuanceJSON.document(EnrolmentAnswer.self, from: answer.body.readableBytesView) else {
            logger.error("issuer's answer cannot be read", metadata: ["issuer": "\(address)"])
            return .failure(Refusal(.unavailable))
        }
        return .success(document)
    }

    private static func refusal(_ answer: AdminClient.Answer) -> Refusal {
        let seconds = answer.field("retry-after").flatMap { Int($0) }
        return Refusal(
            IssuanceJSON.refusal(status: answer.status, body: answer.body.readableBytesView),
            retryAfterSeconds: seconds.flatMap { TunnelConstants.seconds.contains($0) ? $0 : nil }
        )
    }
}
