import FoundationEssentials
import Logging
import Trust
import TunnelProtocol

/// Renews the device's certificate in time, over whatever tunnel is up, for as long as the agent runs.
///
/// What goes wrong never ends a tunnel: it is told, and tried again.
///
/// ## Concurrency
/// A value whose ``run()`` is one task; the credentials have a lock of their own.
struct CredentialRenewal: Sendable {
    let crew: TunnelCrew
    /// Keeps the new certificate where the next start finds it.
    let keep: @Sendable (DeviceCredentials) async throws -> Void
    var now: @Sendable () -> Date = { .now }

    /// The clock may be put right, and a laptop sleeps: nobody waits longer without another look at it.
    private static let longestWait = Duration.seconds(60)
    /// Between two looks for a tunnel once it is time.
    private static let look = Duration.seconds(1)

    /// Why there is no new certificate, as the owner of the device reads it.
    private struct Failure: Error {
        let problem: String
        var refusal: RenewalRefused?
    }

    /// Renews until the task is cancelled.
    func run() async {
        var generator = SystemRandomNumberGenerator()
        var schedule = RenewalSchedule(of: crew.credentials.current, using: &generator)
        var turn = 0
        while !Task.isCancelled {
            if now() >= schedule.due, let outcome = await ask(turn) {
                turn += 1
                do throws(Failure) {
                    let renewed = try await take(outcome)
                    schedule = RenewalSchedule(of: renewed, using: &generator)
                } catch {
                    guard !Task.isCancelled else { return }
                    let asked = error.refusal?.retryAfterSeconds.map { Duration.seconds($0) }
                    schedule.failed(at: now(), error.refusal?.code, retryAfter: asked, using: &generator)
                    tell(error.problem, next: schedule.due)
                }
            } else {
                warnOfEnd()
            }
            // Time awake is enough: what a laptop slept through shows at the next look.
            do { try await Task.sleep(for: pause(until: schedule.due), clock: .suspending) } catch { return }
        }
    }

    private func pause(until due: Date) -> Duration {
        let left = Duration.seconds(max(0, due.timeIntervalSince(now())))
        return min(max(left, Self.look), Self.longestWait)
    }

    /// Asks by a tunnel that is up; nil when none is.
    private func ask(_ turn: Int) async -> RenewalOutcome? {
        let present = crew.credentials.current
        let request: [UInt8]
        do {
            request = try DeviceCredentials.request(keyPEM: present.keyPEM, commonName: present.identity.id)
        } catch {
            return .lost  // never: the key has made a request before
        }
        return await crew.renew(request, turn: turn)
    }

    /// Puts a new certificate to use, once it is seen to be one and has been kept.
    private func take(_ outcome: RenewalOutcome) async throws(Failure) -> DeviceCredentials {
        let chain: [[UInt8]]
        switch outcome {
        case .renewed(let received): chain = received
        case .refused(let refused): throw Failure(problem: Self.sentence(refused), refusal: refused)
        case .silent: throw Failure(problem: "the edge does not answer; it may be too old to renew certificates")
        case .lost: throw Failure(problem: "the tunnel was lost before there was an answer")
        }
        let renewed = try check(chain)
        do {
            try await keep(renewed)
            try crew.credentials.replace(renewed)
        } catch {
            throw Failure(problem: "the new certificate cannot be kept: \(error)")
        }
        crew.state.certificate(CertificateStatus(notAfter: renewed.notAfter))
        crew.logger.notice(
            "certificate renewed",
            metadata: ["device": "\(renewed.identity.id)", "not_after": "\(renewed.notAfter.formatted(.iso8601))"]
        )
        return renewed
    }

    /// What the edge hands out is the operator's word only if the roots say so.
    private func check(_ chain: [[UInt8]]) throws(Failure) -> DeviceCredentials {
        let present = crew.credentials.current
        let renewed: DeviceCredentials
        do throws(DeviceCredentialsError) {
            renewed = try DeviceCredentials(keyPEM: present.keyPEM, chain: chain)
        } catch {
            throw Failure(problem: "the edge sent a certificate that is not for this device: \(error.sentence)")
        }
        do throws(PeerRefusal) {
            try renewed.check(against: crew.configuration.anchors, at: now())
        } catch {
            throw Failure(problem: "the edge sent a certificate that \(error.sentence)")
        }
        guard renewed.identity.id == present.identity.id else {
            throw Failure(problem: "the edge sent a certificate for another device")
        }
        guard renewed.notAfter > present.notAfter else {
            throw Failure(problem: "the edge sent a certificate that ends no later than the present one")
        }
        return renewed
    }

    private static func sentence(_ refused: RenewalRefused) -> String {
        refused.code.isPermanent ? "\(refused.message) Ask the operator." : refused.message
    }

    private func tell(_ problem: String, next: Date) {
        let end = crew.credentials.current.notAfter
        let isOver = now() > end
        let sentence = isOver ? "\(Self.ended); the last attempt to renew it: \(problem)" : "not renewed: \(problem)"
        crew.state.certificate(CertificateStatus(notAfter: end, problem: sentence))
        crew.logger.warning(
            "certificate not renewed",
            metadata: [
                "problem": "\(problem)", "not_after": "\(end.formatted(.iso8601))",
                "next_attempt": "\(next.formatted(.iso8601))",
            ]
        )
    }

    /// Says once that the certificate has ended while no tunnel was up.
    private func warnOfEnd() {
        let end = crew.credentials.current.notAfter
        guard now() > end, crew.state.current.certificateProblem == nil else { return }
        crew.state.certificate(CertificateStatus(notAfter: end, problem: Self.ended))
        crew.logger.error("certificate has ended", metadata: ["not_after": "\(end.formatted(.iso8601))"])
    }

    private static let ended = "it has ended; ask the operator for an invitation, and enrol again: osm-agent enroll"
}

extension RenewalSchedule {
    init(of credentials: DeviceCredentials, using generator: inout some RandomNumberGenerator) {
        self.init(notBefore: credentials.notBefore, notAfter: credentials.notAfter, using: &generator)
    }
}
