/// Why a peer's certificate is not accepted; the raw value is the word in logs and metrics.
package enum PeerRefusal: String, CaseIterable, Error, Sendable {
    case noCertificate = "no_certificate"
    /// It could not be parsed, or is larger than any of ours.
    case unreadable
    /// The leaf came without its issuing CA, or with more than anybody needs.
    case wrongChainLength = "wrong_chain_length"
    /// It does not lead to a root of this operator; nothing else about it has been looked at.
    case unknownIssuer = "unknown_issuer"
    case expired
    case notYetValid = "not_yet_valid"
    /// It was issued for something else: a device leaf posing as an edge, the reverse, or a CA posing as either.
    case wrongPurpose = "wrong_purpose"
    /// It is for another edge, or names no device.
    case wrongName = "wrong_name"
    /// A rule of the profile or of an issuer is broken: path length, name constraints, key usage, algorithms.
    case constraintViolated = "constraint_violated"
    case revoked
    /// A TLS session was resumed, which nobody may; for callers, as no certificate was shown to check.
    case resumed

    /// What is wrong, in half a sentence that follows the name of whose certificate it is.
    package var sentence: String {
        switch self {
        case .noCertificate: "was not shown"
        case .unreadable: "cannot be read"
        case .wrongChainLength: "does not come with its issuing CA"
        case .unknownIssuer: "was not issued by this operator"
        case .expired: "has expired"
        case .notYetValid: "is not valid yet"
        case .wrongPurpose: "was issued for another purpose"
        case .wrongName: "carries another name"
        case .constraintViolated: "breaks a rule of its issuer"
        case .revoked: "has been revoked"
        case .resumed: "was not shown because an old session was resumed"
        }
    }
}
