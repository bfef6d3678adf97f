/// Whose word about a visitor is believed: the addresses of the proxies that the operator runs in front of the edge.
///
/// Nobody's, unless the operator says so.
package struct TrustedProxies: Sendable, Equatable {
    /// A block of addresses, written as CIDR.
    struct Block: Sendable, Equatable {
        let family: IPAddress.Family
        let bits: UInt128
        let length: Int

        func contains(_ address: IPAddress) -> Bool {
            address.family == family && address.network(length) == bits
        }
    }

    /// Why a list cannot be used.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        /// The word of the list that is wrong, as it was written.
        package let word: String
        package let description: String
    }

    package static let none = TrustedProxies()

    private let blocks: [Block]

    private init() { blocks = [] }

    /// Reads a list of addresses, CIDR blocks and the words `loopback` and `private`.
    ///
    /// - Parameter words: For example `["loopback", "10.1.0.0/16", "2001:db8::/32"]`.
    /// - Throws: ``Problem`` for the first word that is none of these.
    package init(_ words: [String]) throws(Problem) {
        var blocks: [Block] = []
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
        Block(family: .v4, bits: 0x7F00_0000, length: 8),
        Block(family: .v6, bits: 1, length: 128),
    ]

    /// RFC 1918 and RFC 4193.
    private static let privateUse = [
        Block(family: .v4, bits: 0x0A00_0000, length: 8),
        Block(family: .v4, bits: 0xAC10_0000, length: 12),
        Block(family: .v4, bits: 0xC0A8_0000, length: 16),
        Block(family: .v6, bits: 0xFC << 120, length: 7),
    ]

    private static func block(_ word: String) throws(Problem) -> Block {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else {
            throw Problem(
                word: word,
                description: "'\(word)' is not an address or a block such as 10.0.0.0/8, nor 'loopback' or 'private'"
            )
        }
        let width = IPAddress.width(of: address.family)
        guard parts.count == 2 else { return Block(family: address.family, bits: address.bits, length: width) }
        // A block of mapped addresses counts from the 96 bits that stand before each of them.
        let isMapped = address.family == .v4 && parts[0].contains(":")
        let offset = isMapped ? 96 : 0
        guard let written = UInt8(prefixDigits: parts[1]), (0...width).contains(Int(written) - offset) else {
            throw Problem(
                word: word,
                description: "'\(word)': the length of the prefix is not between \(offset) and \(width + offset)"
            )
        }
        let length = Int(written) - offset
        guard address.network(length) == address.bits else {
            throw Problem(word: word, description: "'\(word)' has bits behind its prefix: it names no block")
        }
        return Block(family: address.family, bits: address.bits, length: length)
    }
}

extension UInt8 {
    /// Reads digits alone, where `UInt8.init` would also take a sign.
    fileprivate init?(prefixDigits text: Substring) {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}
