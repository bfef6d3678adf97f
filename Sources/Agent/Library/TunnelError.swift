import Trust

/// What failed, on which hop, and what to do about it.
///
/// One that ends a tunnel is final: what can pass by itself, such as an edge that restarts, is
/// ``Tunnel/State/waiting(problem:retryIn:)`` and no error.
public struct TunnelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it failed.
    public enum Hop: String, Sendable {
        /// What the app itself asked for: a target, a name, a setting.
        case app
        /// What is on this device: its identity, its clock, the operator CA that the app came with.
        case device
        /// The way to the edge, the edge's certificate, or the edge's own decision.
        case edge
    }

    public let hop: Hop
    /// The exit code with which `osm-agent` ends for the same reason, for whoever has to tell reasons apart.
    ///
    /// 2 is a setting of the app, 20 to 29 what is on the device, 30 to 39 an edge that is not to be trusted, 40 to 49 an
    /// edge that does not let the device in, 50 to 59 a name that the edge does not give, 1 everything else.
    public let code: Int
    /// A sentence for people: what failed and on which hop.
    public let problem: String
    /// A sentence for people: what to do about it.
    public let nextStep: String

    /// The problem and the next step.
    public var description: String { "\(problem) \(nextStep)" }

    init(hop: Hop, code: Int, problem: String, nextStep: String) {
        self.hop = hop
        self.code = code
        self.problem = problem
        self.nextStep = nextStep
    }

    /// Something that the app said makes no sense.
    init(app problem: String, nextStep: String) { self.init(hop: .app, code: 2, problem: problem, nextStep: nextStep) }

    init(_ exit: AgentExit) {
        self.init(
            hop: Self.hop(of: exit.code),
            code: Int(exit.code),
            problem: exit.problem,
            nextStep: Self.nextSteps[exit.code] ?? exit.nextStep
        )
    }

    /// Whatever an agent ended with.
    init(_ error: any Error) {
        switch error {
        case let error as TunnelError: self = error
        case let exit as AgentExit: self.init(exit)
        default:  // any other error
            self.init(hop: .device, code: 1, problem: "The agent failed: \(error).", nextStep: "Open the tunnel again.")
        }
    }

    private static func hop(of code: Int32) -> Hop {
        switch code {
        case 20...29: .device
        case 30...59: .edge
        default: .app  // any other number
        }
    }

    /// What an app does where a person would give the command another option.
    private static let nextSteps: [Int32: String] = [
        20: "Give the app the operator-ca.json that the operator's ca-tools wrote.",
        21: "Give the app a newer operator-ca.json; and see that this machine's clock is right.",
        22: "Give the app the operator-ca.json of a real operator.",
        23: "Give the app the operator-ca.json as the operator's ca-tools wrote it.",
        26: "Ask the operator for another certificate of this device's key.",
        31: "Check the edge's address, or set edgeName to the name in its certificate.",
        50: "Choose another name.",
        51: "Choose another name.",
        52: "Choose another name: one label, or a full host name.",
        53: "Choose a name of one label, or ask the operator to bind this one to the device.",
        54: "Close another tunnel of this device; its name becomes free a while later.",
        55: "Ask the operator which kinds of endpoint the edge carries.",
        56: "Build the app with the version of the library that the operator's edge speaks.",
    ]
}
