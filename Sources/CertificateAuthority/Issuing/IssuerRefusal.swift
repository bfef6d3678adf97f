package import TunnelProtocol

/// Why the issuing service did not issue, as the caller is told.
package struct IssuerRefusal: Error, Equatable {
    /// The word for it.
    package let code: IssuanceRefusal
    /// One sentence for people.
    package let detail: String

    /// A refusal in the words of its code, unless there is more to say.
    package init(_ code: IssuanceRefusal, _ detail: String? = nil) {
        self.code = code
        self.detail = detail ?? code.issuersWords
    }
}

extension IssuanceRefusal {
    /// What the one who decides can say: more than an edge that passes it on.
    fileprivate var issuersWords: String {
        switch self {
        case .invitationUnknown: "There is no such invitation, or it was withdrawn."
        case .invitationUsed: "Another device has used this invitation; each is good for one."
        case .invitationExpired: "This invitation has expired; ask the operator for another."
        case .deviceUnknown: "This operator never issued for such a device."
        case .deviceRevoked: "The operator has revoked this device."
        case .keyChanged: "A device renews the key that it has; a new key takes a new invitation."
        case .requestRefused: "This is not a request that can be answered."
        case .tooMany: "Too many at once; ask again later."
        case .unavailable: "Nothing can be issued at the moment; ask again later."
        }
    }
}
