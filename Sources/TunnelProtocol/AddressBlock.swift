/// A block of addresses, written as CIDR: `10.1.0.0/16`, `2001:db8::/32`, or one address alone.
package struct AddressBlock: Sendable, Hashable {
    /// Why a text names no block.
    package enum Problem: Error, Sendable, Equatable {
        /// What stands before the slash is no address.
        case noAddress
        /// The length of the prefix is not a number in this range.
        case prefixLength(ClosedRange<Int>)
        /// There are bits behind the prefix: the text names a host in a block, and it is not clear which is meant.
        case bitsBehindPrefix
    }

    private let family: IPAddress.Family
    private let bits: UInt128
    private let length: Int

    /// The block of all addresses that begin with the first `length` bits of `address`.
    package init(_ address: IPAddress, length: Int) {
        family = address.family
        bits = address.network(length)
        self.length = length
    }

    /// Reads a block, strictly: no zone, no sign, no bits behind the prefix.
    package init(_ text: some StringProtocol) throws(Problem) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let written = parts.first, let address = IPAddress(written) else { throw .noAddress }
        let width = IPAddress.width(of: address.family)
        guard parts.count == 2 else {
            self.init(address, length: width)
            return
        }
        // A block of mapped addresses counts from the 96 bits that stand before each of them.
        let isMapped = address.family == .v4 && written.contains(":")
        let offset = isMapped ? 96 : 0
        guard let prefix = UInt8(prefixDigits: parts[1]), (0...width).contains(Int(prefix) - offset) else {
            throw .prefixLength(offset...(width + offset))
        }
        let length = Int(prefix) - offset
        guard address.network(length) == address.bits else { throw .bitsBehindPrefix }
        self.init(address, length: length)
    }

    /// Whether the address lies in the block; IPv4 lies in no block of IPv6, however it was written.
    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && address.network(length) == bits
    }
}

extension AddressBlock.Problem {
    /// The problem as a sentence about the word that was written.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - alternatives: What could stand in place of an address or a block, such as ", nor 'loopback'".
    /// - Returns: A sentence without a full stop.
    package func sentence(about word: String, alternatives: String = "") -> String {
        switch self {
        case .noAddress: "'\(word)' is not an address or a block such as 10.0.0.0/8\(alternatives)"
        case .prefixLength(let range):
            "'\(word)': the length of the prefix is not between \(range.lowerBound) and \(range.upperBound)"
        case .bitsBehindPrefix: "'\(word)' has bits behind its prefix: it names no block"
        }
    }
}

extension UInt8 {
    /// Reads digits alone, where `UInt8.init` would also take a sign.
    fileprivate init?(prefixDigits text: some StringProtocol) {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}
