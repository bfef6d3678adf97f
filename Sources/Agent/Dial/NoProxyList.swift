import NIOCore
import ProxyProtocol

/// What `NO_PROXY` says: the hosts that are reached without the proxy.
///
/// Entries are separated by commas or blanks. An entry is `*`, a name that stands for itself and all below it, with or
/// without a leading `.` or `*.`, an IP address or a block of them (`10.0.0.0/8`); a name or address may end in `:port`.
/// Names are never resolved to compare them with blocks.
package struct NoProxyList: Sendable, Equatable {
    /// What is not understood is passed over, as other programs do with the same variable.
    enum Entry: Sendable, Equatable {
        case everything
        case name(String, port: Int?)
        case block(AddressBlock, port: Int?)
    }

    let entries: [Entry]

    /// The most entries that are looked at.
    private static let limit = 1000

    package init(_ text: String) {
        let words = text.split(maxSplits: Self.limit) { $0 == "," || $0.isWhitespace }.prefix(Self.limit)
        entries = words.compactMap { Self.entry($0) }
    }

    /// Whether the host at that port is reached without the proxy.
    package func contains(host: String, port: Int) -> Bool {
        let address = AddressBlock.packed(host)
        let name = Self.normalised(host[...])
        return entries.contains { entry in
            switch entry {
            case .everything: true
            case .name(let suffix, let only): (only ?? port) == port && (name == suffix || name.hasSuffix("." + suffix))
            case .block(let block, let only): (only ?? port) == port && address.map(block.contains) ?? false
            }
        }
    }

    private static func entry(_ word: Substring) -> Entry? {
        if word == "*" { return .everything }
        if let block = AddressBlock(word) { return .block(block, port: nil) }
        let (host, port) = split(word)
        if let block = AddressBlock(host) { return .block(block, port: port) }
        var name = normalised(host)
        if name.hasPrefix("*.") { name.removeFirst(2) } else if name.hasPrefix(".") { name.removeFirst() }
        return name.isEmpty ? nil : .name(name, port: port)
    }

    private static func split(_ word: Substring) -> (Substring, Int?) {
        guard let colon = word.lastIndex(of: ":"), let port = UInt16(word[word.index(after: colon)...]) else {
            return (word, nil)
        }
        return (word[..<colon], Int(port))
    }

    private static func normalised(_ name: Substring) -> String {
        let lowered = name.lowercased()
        return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
    }
}

/// IP addresses that begin with the same bits; one without a length is a block of one.
struct AddressBlock: Sendable, Equatable {
    private let bytes: [UInt8]
    private let length: Int

    /// Reads `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32` or `[::1]`.
    init?(_ text: Substring) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = Self.packed(String(parts[0])) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            length = bytes.count * 8
            return
        }
        guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
        self.length = length
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        let whole = length / 8
        guard address.prefix(whole) == bytes.prefix(whole) else { return false }
        let rest = length % 8
        return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }

    /// The bytes of an IP address that is written out; nil for a name.
    static func packed(_ host: String) -> [UInt8]? {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        do { return try SocketAddress(ipAddress: bare, port: 0).withoutMapping.packedAddress } catch { return nil }
    }
}
