import Cryptography
import Foundation
import Logging
import TestSupport
import TunnelProtocol

@testable import CertificateAuthority

/// A throwaway CA with the part of the service that answers, for as long as `body` runs.
func withDesk(
    _ authority: ThrowawayCA,
    limits: IssuingQueue.Limits = .standard,
    at date: @escaping @Sendable () -> Date = { Date() },
    _ body: (IssuingDesk) async throws -> Void
) async throws {
    let queue = IssuingQueue(limits: limits)
    let desk = IssuingDesk(authority.folder, queue: queue, logger: .silent, now: date)
    let result: Result<Void, any Error>
    do { result = .success(try await body(desk)) } catch { result = .failure(error) }
    try await queue.stop()
    try result.get()
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// A device that wants a certificate: its key and the request that it sends.
struct Applicant {
    let key: EVPKey
    /// Base64 of DER.
    let csr: String

    init(_ curve: EVPKey.Curve = .p256) throws {
        key = try EVPKey.generate(curve)
        csr = try Self.request(of: key)
    }

    /// Another request of the same key.
    static func request(of key: EVPKey) throws -> String {
        let subject = DistinguishedName(commonName: "laptop \(UInt16.random(in: .min ... .max))")
        return Data(try SigningRequest.make(key: key, subject: subject).der()).base64EncodedString()
    }
}

extension ThrowawayCA {
    /// Invites a device called `name`, as of the moment `date`.
    func invite(_ name: String = "laptop", life: TimeInterval = 3_600, at date: Date? = nil) throws -> String {
        try open(at: date).invite(name, life: life).token.text
    }

    /// What the log says was issued for devices.
    func issuedDevices() throws -> [LogEntry] {
        try folder.readLog().entries.filter { $0.event == .deviceIssued }
    }
}

extension IssuingDesk {
    /// The code with which an enrolment is refused; nil when it succeeds.
    func code(token: String, csr: String) async -> IssuanceRefusal? {
        do throws(IssuerRefusal) {
            _ = try await enrol(token: token, csr: csr)
            return nil
        } catch {
            return error.code
        }
    }

    /// The code with which a renewal is refused; nil when it succeeds.
    func code(device: String, csr: String) async -> IssuanceRefusal? {
        do throws(IssuerRefusal) {
            _ = try await renew(device: device, csr: csr)
            return nil
        } catch {
            return error.code
        }
    }
}
