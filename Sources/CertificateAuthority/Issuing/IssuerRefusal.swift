/// Why the issuing service did not issue, as the caller is told.
package struct IssuerRefusal: Error, Equatable {
    /// The word for it; edges and agents rely on it.
    package enum Code: String, CaseIterable, Sendable {
        case invitationUnknown = "invitation_unknown"
        case invitationUsed = "invitation_used"
        case invitationExpired = "invitation_expired"
        case deviceUnknown = "device_unknown"
        case deviceRevoked = "device_revoked"
        case keyChanged = "key_changed"
        case requestRefused = "request_refused"
        case tooMany = "too_many"
        case unavailable
    }

    /// The word for it.
    package let code: Code
    /// One sentence for people.
    package let detail: String

    /// A refusal in the words of its code, unless there is more to say.
    package init(_ code: Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail ?? code.sentence
    }
}

extension IssuerRefusal.Code {
    /// The HTTP status that goes with it.
    package var status: Int {
        switch self {
        case .invitationUnknown, .invitationUsed, .invitationExpired: 403
        case .deviceUnknown, .deviceRevoked, .keyChanged: 403
        case .requestRefused: 400
        case .tooMany: 429
        case .unavailable: 503
        }
    }

    fileprivate var sentence: String {
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
