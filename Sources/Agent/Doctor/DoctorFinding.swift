/// What one look of the doctor found.
package struct DoctorFinding: Sendable, Equatable, Codable {
    package enum Check: String, Sendable, Codable, CaseIterable {
        /// The operator CA that is baked in.
        case bundle
        /// This device's key and certificate.
        case identity
        case clock
        /// The name of an edge.
        case dns
        case tcp
        case proxy
        case tls
        /// HTTP/2 and the control stream that an edge opens for whom it lets in.
        case control
        /// A local service.
        case origin
        /// The agent that runs on this machine.
        case agent
    }

    /// Who is to be looked at.
    package enum Hop: String, Sendable, Codable {
        case machine = "this_machine"
        case network
        case proxy
        case edge
        case origin
    }

    package enum Verdict: String, Sendable, Codable {
        case ok
        case warn
        case fail
        /// Not looked at, because something before it is at fault.
        case skipped
    }

    package let check: Check
    package let hop: Hop
    /// Which edge or endpoint; nil for what there is one of.
    package var subject: String?
    package let verdict: Verdict
    /// One sentence.
    package let finding: String
    /// What to do about it; nil when there is nothing to do.
    package var nextStep: String?

    package init(
        _ check: Check,
        _ hop: Hop,
        _ verdict: Verdict,
        _ finding: String,
        nextStep: String? = nil,
        subject: String? = nil
    ) {
        self.check = check
        self.hop = hop
        self.subject = subject
        self.verdict = verdict
        self.finding = finding
        self.nextStep = nextStep
    }

    private enum CodingKeys: String, CodingKey {
        case check, hop, subject, verdict, finding
        case nextStep = "next_step"
    }

    /// What was not looked at.
    static func skipped(_ check: Check, _ hop: Hop, subject: String?) -> DoctorFinding {
        DoctorFinding(check, hop, .skipped, "Not looked at: what comes before it is at fault.", subject: subject)
    }
}
