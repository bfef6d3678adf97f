package import FoundationEssentials

/// What the CA keeps of an invitation: everything but its token.
package struct Invitation: Codable, Equatable, Sendable {
    /// Who used it.
    package struct Use: Codable, Equatable, Sendable {
        /// The device that it became, a UUID.
        package let device: String
        /// SHA-256 of the public key, hexadecimal.
        package let key: String
        package let time: String
    }

    /// What may be done with an invitation at a moment.
    package enum Standing: String, Codable, Sendable {
        case open, used, expired
    }

    /// The shortest life, in seconds.
    package static let shortestLife: TimeInterval = 10 * 60
    /// The life of an invitation unless another is asked for, in seconds.
    package static let usualLife: TimeInterval = 3_600
    /// The longest life, in seconds.
    package static let longestLife: TimeInterval = 7 * 86_400
    /// How many the folder holds at most, whatever became of them.
    static let limit = 1_000
    /// How long one is remembered after its end, so that its token is called expired rather than unknown.
    static let remembrance: TimeInterval = 30 * 86_400

    private(set) var version = 1
    /// What people call the device; it becomes the label in the issuance log.
    package let name: String
    package let created: String
    package let expires: String
    package var use: Use?

    init(name: String, created: Date, life: TimeInterval) {
        self.name = name
        self.created = created.rfc3339
        expires = created.addingTimeInterval(life).rfc3339
    }

    /// Where it stands at a moment.
    package func standing(at date: Date) -> Standing {
        // Both are RFC 3339 in UTC, whose order is that of the text.
        guard date.rfc3339 < expires else { return .expired }
        return use == nil ? .open : .used
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}
