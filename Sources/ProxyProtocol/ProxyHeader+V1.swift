import NIOCore

/// Version 1: one line of text, such as `PROXY TCP4 192.0.2.1 198.51.100.7 56324 443`.
extension ProxyHeader {
    /// The longest line that the specification allows, CR LF included.
    package static let longestV1 = 107

    private static let word = Array("PROXY ".utf8)

    static func readV1(_ bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        let view = bytes.readableBytesView
        switch begins(view, with: word) {
        case nil: return nil
        case false: throw .notAHeader
        case true: break
        }
        let line = view.prefix(longestV1)
        guard let newline = line.firstIndex(of: 0x0A) else {
            guard view.count < longestV1 else { throw .tooLong }
            return nil
        }
        let text = line[..<newline]
        guard text.last == 0x0D else { throw .malformedLine }
        let header = try parse(line: text.dropLast().dropFirst(word.count))
        bytes.moveReaderIndex(forwardBy: text.count + 1)
        return header
    }

    private static func parse(line: ByteBufferView.SubSequence) throws(ProxyHeaderError) -> ProxyHeader {
        guard line.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .malformedLine }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        // Whatever follows UNKNOWN is to be ignored.
        if parts[0] == "UNKNOWN" { return .local }
        guard parts.count == 5, let isIPv6 = families[parts[0]],
            let source = address(parts[1], port: parts[3], isIPv6: isIPv6),
            let destination = address(parts[2], port: parts[4], isIPv6: isIPv6),
            // A mapped address beside a true IPv6 one: the two have no family in common.
            let connection = ProxiedConnection(from: source, to: destination)
        else { throw .malformedLine }
        return .proxied(connection)
    }

    private static let families = ["TCP4": false, "TCP6": true]

    /// Reads an address and its port as the specification has them, which is stricter than the system's reader.
    ///
    /// That one would stop at a zero byte, of which `line` has none by now, and take a zone: the name of a network
    /// interface here, of which a sender elsewhere can know nothing.
    private static func address(_ text: String, port: String, isIPv6: Bool) -> SocketAddress? {
        let digits = port.utf8
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.first != 0x30 || digits.count == 1, let number = UInt16(port), text.contains(":") == isIPv6,
            !text.contains("%")
        else { return nil }
        do { return try SocketAddress(ipAddress: text, port: Int(number)) } catch { return nil }
    }

    func writeV1(to buffer: inout ByteBuffer) {
        guard case .proxied(let connection) = self, connection.transport == .stream,
            let source = connection.source.ipAddress, let destination = connection.destination.ipAddress
        else {
            buffer.writeStaticString("PROXY UNKNOWN\r\n")
            return
        }
        let ports = "\(connection.source.port ?? 0) \(connection.destination.port ?? 0)"
        buffer.writeString("PROXY \(connection.isIPv6 ? "TCP6" : "TCP4") \(source) \(destination) \(ports)\r\n")
    }
}
