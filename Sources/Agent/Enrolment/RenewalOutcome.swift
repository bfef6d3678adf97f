import TunnelProtocol

/// What came of one `renew`.
enum RenewalOutcome: Sendable, Equatable {
    /// DER, leaf first; nobody has looked into it yet.
    case renewed(chain: [[UInt8]])
    case refused(RenewalRefused)
    /// No answer in time; an older edge knows no renewals.
    case silent
    /// The tunnel ended first.
    case lost
}
