package import TunnelProtocol

/// Whose word about a visitor is believed: the addresses of the proxies that the operator runs in front of the edge.
///
/// Nobody's, unless the operator says so.
package struct TrustedProxies: Sendable, Equatable {
    /// Why a list cannot be used.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        /// The word of the list that is wrong, as it was written.
        package let word: String
        package let description: String
    }

    package static let none = TrustedProxies()

    private let blocks: [AddressBlock]

    private init() { blocks = [] }

    /// Reads a list of addresses, CIDR blocks and the words `loopback` and `private`.
    ///
    /// - Parameter words: For example `["loopback", "10.1.0.0/16", "2001:db8::/32"]`.
    /// - Throws: ``Problem`` for the first word that is none of these.
    package init(_ words: [String]) throws(Problem) {
        var blocks: [AddressBlock] = []
        for word in words {
            switch word {
            case "loopback": blocks += Self.loopback
            case "private": blocks += Self.privateUse
            default: blocks.append(try Self.block(word))
            }
        }
        self.blocks = blocks
    }

    package var isEmpty: Bool { blocks.isEmpty }

    /// Whether an address is one of a trusted proxy; what has no address, such as a unix socket, is none.
    package func contains(_ address: IPAddress?) -> Bool {
        guard let address else { return false }
        return blocks.contains { $0.contains(address) }
    }

    private static let loopback = [
        AddressBlock(IPAddress(family: .v4, bits: 0x7F00_0000), length: 8),
        AddressBlock(IPAddress(family: .v6, bits: 1), length: 128),
    ]

    /// RFC 1918 and RFC 4193.
    private static let privateUse = [
        AddressBlock(IPAddress(family: .v4, bits: 0x0A00_0000), length: 8),
        AddressBlock(IPAddress(family: .v4, bits: 0xAC10_0000), length: 12),
        AddressBlock(IPAddress(family: .v4, bits: 0xC0A8_0000), length: 16),
        AddressBlock(IPAddress(family: .v6, bits: 0xFC << 120), length: 7),
    ]

    private static func block(_ word: String) throws(Problem) -> AddressBlock {
        do throws(AddressBlock.Problem) {
            return try AddressBlock(word)
        } catch {
            let description = error.sentence(about: word, alternatives: ", nor 'loopback' or 'private'")
            throw Problem(word: word, description: description)
        }
    }
}
