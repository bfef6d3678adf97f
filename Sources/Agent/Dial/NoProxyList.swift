import TunnelProtocol

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
        let address = Self.address(host[...])
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
        if let block = Self.block(word) { return .block(block, port: nil) }
        let (host, port) = split(word)
        if let block = Self.block(host) { return .block(block, port: port) }
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

    /// Reads `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32` or `[::1]`.
    private static func block(_ text: Substring) -> AddressBlock? {
        do throws(AddressBlock.Problem) { return try AddressBlock(bare(text)) } catch { return nil }
    }

    /// An IP address that is written out; nil for a name.
    private static func address(_ host: Substring) -> IPAddress? { IPAddress(bare(host)) }

    private static func bare(_ text: Substring) -> Substring {
        text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
    }

    private static func normalised(_ name: Substring) -> String {
        let lowered = name.lowercased()
        return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
    }
}
