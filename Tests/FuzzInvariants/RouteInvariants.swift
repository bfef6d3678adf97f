#if DEBUG || FUZZING
import FoundationEssentials
import NIOCore
import TunnelProtocol

@testable import AdminHTTP
@testable import Edge

/// A request goes where the operator's list says, found in the slowest and plainest way there is.
enum RouteInvariants {
    /// One row of the list.
    private struct Row {
        let host: HostPattern
        let path: PathPrefix
        let device: UUID
    }

    /// The first line is the host of a request, the second its target, and each other one a row such as `a.example/api`.
    static func routes(_ bytes: [UInt8]) throws {
        let lines = WrittenLines.texts(bytes)
        guard lines.count >= 2, let base = HostName("base.example") else { return }
        var table = BindingTable(baseDomain: base)
        var rows: [Row] = []
        let key = StickyKey()
        for (number, line) in lines.dropFirst(2).enumerated() {
            guard let row = try row(line, number: number) else { continue }
            rows.append(row)
            table.fix(try FixedBinding(host: row.host, path: row.path, devices: [row.device]), key: key)
        }
        let sites = Set(rows.map { "\($0.host)\($0.path)" })
        try require(table.count == sites.count, "\(sites.count) rows became \(table.count) bindings")
        guard let host = HostName(lines[0]) else { return }
        let match = table.match(host.text, lines[1].utf8, at: .uptimeNanoseconds(0))
        let expected = Self.expected(host, Array(lines[1].utf8), rows)
        try require(match?.binding.devices == expected.map { [$0.device.uuidString.lowercased()] }, "a wrong route")
        try require((match?.probes ?? 0) <= PathPrefix.segmentLimit + 3, "a long path is searched to its end")
        let isServed = rows.contains { $0.host == .exact(host) || covers($0.host, host) }
        let standing = table.standing(of: host.text, at: .uptimeNanoseconds(0))
        try require((standing != .nowhere) == isServed, "a name is served by nobody")
    }

    private static func row(_ line: String, number: Int) throws -> Row? {
        let slash = line.utf8.firstIndex(of: UInt8(ascii: "/")) ?? line.endIndex
        let path = slash == line.endIndex ? PathPrefix.root : PathPrefix(line[slash...])
        guard let host = HostPattern(line[..<slash]), let path else { return nil }
        try require(HostPattern(host.description) == host, "a pattern changes when it is written down")
        try require(PathPrefix(path.text) == path, "a path changes when it is written down")
        try require(path.segments.count <= PathPrefix.segmentLimit, "a path has too many segments")
        guard let device = UUID(uuidString: "00000000-0000-4000-8000-" + String(100_000_000_000 + number)) else {
            throw BrokenInvariant(description: "a device has no identifier")
        }
        return Row(host: host, path: path, device: device)
    }

    /// Rows of the exact name hide those of the wildcard; then the longest path; then the last word.
    private static func expected(_ host: HostName, _ target: [UInt8], _ rows: [Row]) -> Row? {
        let exact = rows.filter { $0.host == .exact(host) }
        let site = exact.isEmpty ? rows.filter { covers($0.host, host) } : exact
        var best: Row?
        for row in site where begins(target, with: row.path) {
            if row.path.segments.count >= best?.path.segments.count ?? 0 { best = row }
        }
        return best
    }

    private static func covers(_ pattern: HostPattern, _ host: HostName) -> Bool {
        guard case .below(let domain) = pattern else { return false }
        return host.isDirectlyUnder(domain)
    }

    private static func begins(_ target: [UInt8], with prefix: PathPrefix) -> Bool {
        if prefix == .root { return true }
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        let text = Array(prefix.text.utf8)
        return path.elementsEqual(text) || path.starts(with: text + [UInt8(ascii: "/")])
    }

    // MARK: What a TLS terminator asks

    static func certificateQuestion(_ bytes: [UInt8]) throws {
        guard let name = try name(in: String(decoding: bytes, as: UTF8.self)) else { return }
        try require(try self.name(in: "domain=\(name.text)") == name, "a name by itself is another")
        // Nothing is dropped: not a port, not a dot at the end, not a second name.
        let asked = try percentDecoded(bytes)
        try require(asked == Array("domain=\(name.text)".utf8), "a certificate for another name than was asked")
    }

    private static func name(in query: String) throws -> HostName? {
        let request = AdminRequest(
            method: "GET",
            path: "/internal/caddy/ask",
            query: query,
            host: nil,
            origin: nil,
            body: ByteBuffer()
        )
        return CertificateQuestion.name(in: request)
    }

    /// In small letters.
    private static func percentDecoded(_ bytes: [UInt8]) throws -> [UInt8] {
        var rest = bytes[...]
        var decoded: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(lowercased(byte))
                continue
            }
            let digits = rest.prefix(2)
            rest = rest.dropFirst(2)
            guard digits.count == 2, digits.allSatisfy(isHexadecimal),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw BrokenInvariant(description: "an escape is read that is none") }
            decoded.append(lowercased(value))
        }
        return decoded
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
#endif
