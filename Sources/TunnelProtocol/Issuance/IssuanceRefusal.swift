/// Why no certificate is issued; the raw value is what the wire carries (yellow paper, 17.4).
package enum IssuanceRefusal: String, Codable, Sendable, Error, CaseIterable {
    case invitationUnknown = "invitation_unknown"
    case invitationUsed = "invitation_used"
    case invitationExpired = "invitation_expired"
    case deviceUnknown = "device_unknown"
    case deviceRevoked = "device_revoked"
    case keyChanged = "key_changed"
    case requestRefused = "request_refused"
    case tooMany = "too_many"
    case unavailable

    /// Whether asking again in the same way would bring the same answer.
    package var isPermanent: Bool {
        switch self {
        case .invitationUnknown, .invitationUsed, .invitationExpired, .deviceUnknown, .deviceRevoked, .keyChanged,
            .requestRefused:
            true
        case .tooMany, .unavailable: false
        }
    }

    /// The status of the HTTP answer.
    package var status: Int {
        switch self {
        case .invitationUnknown, .invitationUsed, .invitationExpired, .deviceUnknown, .deviceRevoked, .keyChanged: 403
        case .requestRefused: 400
        case .tooMany: 429
        case .unavailable: 503
        }
    }

    /// What a refusal means whose code is missing or of a later version.
    package init(status: Int) { self = (400..<500).contains(status) ? .requestRefused : .unavailable }

    package var sentence: String {
        switch self {
        case .invitationUnknown: "There is no such invitation."
        case .invitationUsed: "The invitation has been used by another key."
        case .invitationExpired: "The invitation has expired."
        case .deviceUnknown: "The issuer knows no such device."
        case .deviceRevoked: "The device has been revoked."
        case .keyChanged: "The request is for another key than that of the device's certificate."
        case .requestRefused: "The request is not what it has to be."
        case .tooMany: "Too many attempts; try again later."
        case .unavailable: "No certificate can be issued at present; try again later."
        }
    }
}
