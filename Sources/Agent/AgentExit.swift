package import TunnelTLS
package import Trust
package import TunnelProtocol

/// Why an agent stops for good: what the person in front of it reads, and what its supervisor sees.
///
/// Exit codes: 1 any other failure, 2 usage, 20-29 what is baked in or enrolled here, 30-39 an edge that is not to be
/// trusted, 40-49 an edge that does not let this device in, 50-59 a name that cannot be served.
package struct AgentExit: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Int32
    /// What failed and on which hop.
    package let problem: String
    /// What to do about it.
    package let nextStep: String

    package var description: String { "\(problem) \(nextStep)" }

    init(_ code: Int32, _ problem: String, _ nextStep: String) {
        self.code = code
        self.problem = problem
        self.nextStep = nextStep
    }
}
