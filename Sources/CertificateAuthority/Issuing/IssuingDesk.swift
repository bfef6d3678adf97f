import Cryptography
import FoundationEssentials
import Logging
import TunnelProtocol

/// Answers those who ask for certificates: devices with a token, and edges for devices that they have authenticated.
package struct IssuingDesk: Sendable {
    /// How long the service waits for another command's lock: less than an edge waits for an answer.
    static let patience = Duration.seconds(4)

    private let folder: AuthorityFolder
    private let queue: IssuingQueue
    private let memory: LogMemory
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// Works in a folder that other commands may change at any time.
    init(
        _ folder: AuthorityFolder,
        queue: IssuingQueue,
        memory: LogMemory = LogMemory(),
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.folder = folder
        self.queue = queue
        self.memory = memory
        self.logger = logger
        self.now = now
    }

    /// Enrols a device; `csr` is base64 of DER.
    func enrol(token: String, csr: String) async throws(IssuerRefusal) -> DeviceCertificate {
        let certificate = try await answer("not enrolled") { [folder, memory, now] in
            let request = try KeyRequest(base64: csr)
            // What is no token has the digest of nothing: it is looked for like any other.
            let digest = try EnrolmentToken(token)?.digest ?? Digest.sha256([]).hexadecimal
            // Strangers are turned away before the folder is locked and its log read.
            _ = try folder.usableInvitation(digest, for: request.key, at: now())
            var authority = try Authority.open(folder, patience: Self.patience, memory: memory, now: now)
            return try authority.enrol(digest, request)
        }
        logger.info(
            "device enrolled",
            metadata: [
                "device": "\(certificate.device)", "name": "\(certificate.name)",
                "not_after": "\(certificate.notAfter)",
            ]
        )
        return certificate
    }

    /// Issues the next certificate of a device; `csr` is base64 of DER.
    func renew(device: String, csr: String) async throws(IssuerRefusal) -> DeviceCertificate {
        let certificate = try await answer("not renewed") { [folder, memory, now] in
            let request = try KeyRequest(base64: csr)
            guard let id = DeviceID(uri: "osm://device/\(device)") else { throw IssuerRefusal(.deviceUnknown) }
            var authority = try Authority.open(folder, patience: Self.patience, memory: memory, now: now)
            return try authority.renew(id, request)
        }
        logger.info(
            "device renewed",
            metadata: ["device": "\(certificate.device)", "not_after": "\(certificate.notAfter)"]
        )
        return certificate
    }

    /// Whether the folder is still one to issue from.
    func isReady() async -> Bool {
        do {
            _ = try await answer("not ready") { [folder] in try folder.loadIssuer(.device).certificate.notAfter() }
            return true
        } catch {
            return false
        }
    }

    private func answer<Value: Sendable>(
        _ failure: Logger.Message,
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(IssuerRefusal) -> Value {
        do {
            return try await queue.run(work)
        } catch let refusal as IssuerRefusal {
            logger.notice(failure, metadata: ["code": "\(refusal.code.rawValue)"])
            throw refusal
        } catch {
            // The caller learns that it is no fault of his, and the operator what it is.
            logger.error(failure, metadata: ["code": "unavailable", "error": "\(error)"])
            throw IssuerRefusal(.unavailable)
        }
    }
}
