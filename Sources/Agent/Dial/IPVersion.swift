/// Which kind of address an edge may be dialled by.
package enum IPVersion: Sendable, Equatable {
    /// Both, whichever answers first (RFC 8305).
    case any
    case v4
    case v6

    /// Reads what follows `--edge-ip-version`: `auto`, `4` or `6`.
    package init?(_ text: String) {
        switch text {
        case "auto": self = .any
        case "4": self = .v4
        case "6": self = .v6
        default: return nil
        }
    }

    func includes(_ family: NameLookup.Family) -> Bool {
        switch self {
        case .any: true
        case .v4: family == .v4
        case .v6: family == .v6
        }
    }
}
