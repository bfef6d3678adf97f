import FoundationEssentials
import Trust

/// What can be said without leaving this machine.
struct LocalDiagnosis {
    /// How this device's certificate stands by this machine's clock.
    enum Validity: Sendable, Equatable {
        case current
        case expired(Date)
        /// Anything else that no edge would take, or no certificate at all.
        case unusable
    }

    let bundle: DoctorFinding
    let clock: DoctorFinding
    let identity: DoctorFinding
    let validity: Validity
    /// What to dial with; nil when there is no use in it.
    let credentials: DeviceCredentials?
    let anchors: TrustAnchors?

    init(_ subject: DoctorCase, at now: Date) {
        (bundle, anchors) = Self.bundle(subject.bundle, at: now)
        clock = Self.clock(subject, at: now)
        guard clock.verdict != .fail else {
            (identity, validity, credentials) = (.skipped(.identity, .machine, subject: nil), .unusable, nil)
            return
        }
        switch subject.identity {
        case .absent(let exit): (identity, validity, credentials) = (Self.fault(.identity, exit), .unusable, nil)
        case .present(let present, let mode):
            (identity, validity) = Self.identity(present, mode, anchors, at: now)
            credentials = validity == .unusable ? nil : present
        }
    }

    static func fault(_ check: DoctorFinding.Check, _ exit: AgentExit) -> DoctorFinding {
        DoctorFinding(check, .machine, .fail, exit.problem, nextStep: exit.nextStep)
    }

    // MARK: The operator CA

    private static func bundle(
        _ bundle: Result<OperatorBundle, BundleRefusal>,
        at now: Date
    ) -> (DoctorFinding, TrustAnchors?) {
        do throws(BundleRefusal) {
            let bundle = try bundle.get()
            // A CA that has not begun yet is a matter of the clock.
            let begun = bundle.rootSummaries.map(\.notBefore).min().map { max($0, now) } ?? now
            let anchors = try bundle.anchors(at: begun)
            return (
                DoctorFinding(.bundle, .machine, .ok, "The CA of the operator of \(bundle.domain) is baked in."),
                anchors
            )
        } catch {
            return (fault(.bundle, AgentExit(error)), nil)
        }
    }

    // MARK: The clock

    /// A difference that machines whose clocks nobody sets may well have.
    static let tolerance: TimeInterval = 300

    /// What is known to have happened already must not lie in the future.
    private static func clock(_ subject: DoctorCase, at now: Date) -> DoctorFinding {
        var witnesses: [(Date, String)] = []
        if case .success(let bundle) = subject.bundle {
            if let created = date(bundle.created) { witnesses.append((created, "the operator CA was baked in")) }
            let begun = bundle.rootSummaries.map(\.notBefore).min()
            if let begun { witnesses.append((begun, "the operator CA was made")) }
        }
        if case .present(let credentials, _) = subject.identity {
            witnesses.append((credentials.notBefore, "this device's certificate was issued"))
        }
        guard let latest = witnesses.max(by: { $0.0 < $1.0 }), latest.0.timeIntervalSince(now) > tolerance else {
            return DoctorFinding(.clock, .machine, .ok, "The clock says \(now.formatted(.iso8601)).")
        }
        return clockIsBehind(by: latest.0.timeIntervalSince(now), since: latest.1)
    }

    private static func date(_ text: String) -> Date? {
        do { return try Date(text, strategy: .iso8601) } catch { return nil }
    }

    static func clockIsBehind(by seconds: TimeInterval, since event: String) -> DoctorFinding {
        DoctorFinding(
            .clock,
            .machine,
            .fail,
            "This machine's clock is behind by \(span(seconds)) or more: by it, \(event) in the future.",
            nextStep: "Set the clock, and have it set from the network (NTP)."
        )
    }

    static func clockIsAhead(by seconds: TimeInterval, because reason: String) -> DoctorFinding {
        DoctorFinding(
            .clock,
            .machine,
            .fail,
            "This machine's clock is ahead by \(span(seconds)) or more: \(reason).",
            nextStep: "Set the clock, and have it set from the network (NTP)."
        )
    }

    /// A time in its largest unit.
    static func span(_ seconds: TimeInterval) -> String {
        let units: [(TimeInterval, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
        let (length, word) = units.first { abs(seconds) >= $0.0 } ?? (1, "second")
        let count = Int(abs(seconds) / length)
        return "\(count) \(word)\(count == 1 ? "" : "s")"
    }

    // MARK: The identity

    private static func identity(
        _ credentials: DeviceCredentials,
        _ mode: Int?,
        _ anchors: TrustAnchors?,
        at now: Date
    ) -> (DoctorFinding, Validity) {
        guard let anchors else { return (.skipped(.identity, .machine, subject: nil), .unusable) }
        do throws(PeerRefusal) {
            try credentials.check(against: anchors, at: now)
        } catch {
            guard error == .expired else { return (fault(.identity, AgentExit(own: error)), .unusable) }
            return (fault(.identity, AgentExit(own: error)), .expired(credentials.notAfter))
        }
        let until = credentials.notAfter.formatted(.iso8601)
        if let mode, mode & 0o077 != 0 {
            let finding = DoctorFinding(
                .identity,
                .machine,
                .warn,
                "This device's key can be read by other users (mode \(String(mode, radix: 8))).",
                nextStep: "chmod 600 device.key; if anybody may have read it, make a new one."
            )
            return (finding, .current)
        }
        let left = credentials.notAfter.timeIntervalSince(now)
        let says = "This is device \(credentials.identity.id), whose certificate is valid until \(until)."
        guard left < 86_400 else { return (DoctorFinding(.identity, .machine, .ok, says), .current) }
        let step = "Ask the operator to issue a new one for this device: ca-tools issue device --csr device.csr"
        return (DoctorFinding(.identity, .machine, .warn, says, nextStep: step), .current)
    }
}
