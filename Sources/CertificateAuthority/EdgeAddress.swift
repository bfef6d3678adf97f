/// Where agents dial an edge: a host of the operator's domain, or an IP address, and a port.
package struct EdgeAddress: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// The host; nil for an IP address.
    package let name: DomainName?

    /// Reads `HOST:PORT`; an IPv6 address stands in brackets.
    package init(_ text: String, domain: DomainName) throws {
        let refusal = AuthorityError(
            .invalidInput,
            "\"\(text.prefix(300))\" is not an edge's address",
            next: "give HOST:PORT, the host \(domain), a name below it, or an IP address"
        )
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            throw refusal
        }
        let host = String(text[..<colon])
        if EdgeAddress.isAddress(host) {
            description = "\(host):\(port)"
            name = nil
            return
        }
        let name = try DomainName(host)
        guard name.isWithin(domain) else { throw refusal }
        description = "\(name):\(port)"
        self.name = name
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            return inner.contains(":") && inner.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { $0.count <= 3 && UInt8($0) != nil && $0.first != "+" }
    }
}
