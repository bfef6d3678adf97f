package import FoundationEssentials

/// Why an agent does not dial with what is baked into it.
package enum BundleRefusal: Error, Sendable, Equatable {
    case missing
    case unreadable(String)
    /// Every root has expired, the last of them then.
    case expired(Date)
    case notYetValid
    case sample

    /// What is wrong, in a sentence.
    package var problem: String {
        switch self {
        case .missing: "No operator CA is baked into this agent, so there is no edge that it could trust."
        case .unreadable(let detail): "The operator CA that is baked into this agent cannot be read: \(detail)."
        case .expired(let date): "The operator CA that is baked into this agent expired on \(date.formatted(.iso8601))."
        case .notYetValid: "The operator CA that is baked into this agent is not valid yet."
        case .sample: "The operator CA that is baked into this agent is a sample, which anybody can forge."
        }
    }

    /// What to do about it.
    package var nextStep: String {
        switch self {
        case .missing, .sample:
            "Install the agent that your operator gives out, or build one: "
                + "OSM_OPERATOR_CA=DIR swift build --product osm-agent"
        case .unreadable, .expired: "Ask your operator for a current agent, or build one with a current bundle."
        case .notYetValid: "Set this machine's clock and try again."
        }
    }
}
