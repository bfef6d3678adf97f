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
        let address = IPAddress(host)
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
        if let block = block(word) { return .block(block, port: nil) }
        let (host, port) = split(word)
        if let block = block(host) { return .block(block, port: port) }
        var name = normalised(host)
        if name.hasPrefix("*.") { name.removeFirst(2) } else if name.hasPrefix(".") { name.removeFirst() }
        return name.isEmpty ? nil : .name(name, port: port)
    }

    /// Reads an address, perhaps in brackets or with the length of a prefix; bits behind the prefix do not matter.
    private static func block(_ word: Substring) -> AddressBlock? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        let isBracketed = parts.count == 1 && word.hasPrefix("[") && word.hasSuffix("]")
        guard parts.count <= 2, let address = IPAddress(isBracketed ? word.dropFirst().dropLast() : parts[0]) else {
            return nil
        }
        let width = IPAddress.width(of: address.family)
        guard parts.count == 2 else { return AddressBlock(address, length: width) }
        guard let length = UInt8(parts[1]), length <= width else { return nil }
        return AddressBlock(address, length: Int(length))
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
