/// Why a name or a port is not given; the raw value is what the wire carries.
package enum RegistrationRefusal: String, Codable, Sendable, Error, CaseIterable {
    case nameTaken = "name_taken"
    case nameLeased = "name_leased"
    case nameReserved = "name_reserved"
    case nameInvalid = "name_invalid"
    case nameNotAllowed = "name_not_allowed"
    case tooManyBindings = "too_many_bindings"
    case portTaken = "port_taken"
    case portNotAllowed = "port_not_allowed"
    case portsExhausted = "ports_exhausted"
    case unsupportedKind = "unsupported_kind"
    case unsupportedProtocol = "unsupported_protocol"
    case rateLimited = "rate_limited"
    case overloaded

    /// Whether asking again would bring the same answer.
    package var isPermanent: Bool {
        switch self {
        case .nameTaken, .nameReserved, .nameInvalid, .nameNotAllowed, .tooManyBindings, .portTaken, .portNotAllowed,
            .unsupportedKind, .unsupportedProtocol:
            true
        case .nameLeased, .portsExhausted, .rateLimited, .overloaded: false
        }
    }

    package var sentence: String {
        switch self {
        case .nameTaken: "The name belongs to another device."
        case .nameLeased: "The name waits for the device that had it last."
        case .nameReserved: "The name is reserved for the operator."
        case .nameInvalid: "The name is not a valid host name."
        case .nameNotAllowed: "The name is outside the base domain and not bound to this device."
        case .tooManyBindings: "The device has as many names or ports as it may have."
        case .portTaken: "The port belongs to another device or program."
        case .portNotAllowed: "The port is not one that this edge gives to devices."
        case .portsExhausted: "All ports that this edge gives to devices are taken; try again later."
        case .unsupportedKind: "This edge does not carry bindings of that kind."
        case .unsupportedProtocol: "This edge does not speak that version of the protocol."
        case .rateLimited: "Too many requests; try again later."
        case .overloaded: "The edge is at its limit; try again later."
        }
    }
}
