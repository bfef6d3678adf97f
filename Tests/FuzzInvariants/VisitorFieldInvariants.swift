#if DEBUG || FUZZING
import Foundation
import HTTPFields
import NIOCore
import TunnelProtocol

@testable import Edge

/// What the edge reads in the fields of a visitor, and what it says with them.
enum VisitorFieldInvariants {
    // MARK: Accept, and the page that answers

    static func errorFormat(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let format = ErrorFormat(accepting: fields)
        let accepted = fields.values("accept")
        var joined = FieldSection()
        if !accepted.isEmpty {
            joined.append("accept", WrittenLines.view(accepted.joined(separator: [UInt8(ascii: ",")])))
        }
        try require(ErrorFormat(accepting: joined) == format, "a list over several lines reads as another")
        let text = accepted.joined().map(\.lowercasedASCII)
        switch format {
        case .plain: break
        case .html, .json: try require(text.contains(UInt8(ascii: "/")), "\(format) was not asked for")
        }
        try checkPages(host: String(decoding: fields.values("host").first ?? [], as: UTF8.self))
    }

    /// Whatever a host says, it adds nothing to the page but its own text.
    private static func checkPages(host: String) throws {
        let page = body(.html, host: host)
        let harmless = body(.html, host: "a")
        for mark in "<>\"'".utf8 {
            let isSame = page.count { $0 == mark } == harmless.count { $0 == mark }
            try require(isSame, "a host adds markup to a page")
        }
        let lines = body(.plain, host: host).count { $0 == UInt8(ascii: "\n") }
        try require(lines == body(.plain, host: "a").count { $0 == UInt8(ascii: "\n") }, "a host adds a line")
        let json = try JSONSerialization.jsonObject(with: Data(body(.json, host: host))) as? [String: Any]
        let shown = json?["host"] as? String
        try require(shown?.utf8.allSatisfy { (0x20...0x7E).contains($0) } == true, "a host is shown as it came")
        try require(json?["request_id"] as? String == "r1", "a host changes what else is said")
    }

    private static func body(_ format: ErrorFormat, host: String) -> [UInt8] {
        var report = ErrorReport(status: 502, sentence: "It broke.", requestID: "r1", failedHop: .origin)
        report.host = host
        return Array(report.body(format).readableBytesView)
    }

    // MARK: Cookie

    static func stickyCookie(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let marks = StickyCookie.marks(in: fields)
        let cookies = fields.values("cookie")
        try require(marks.count <= StickyCookie.mostRead, "more cookies are read than are looked at")
        for mark in marks {
            try require(mark.utf8.count == StickyCookie.length, "a mark has another length")
            let text = "\(StickyCookie.name)=\(mark)"
            try require(cookies.contains { $0.holds(text.utf8) }, "a mark stands in no cookie")
            var alone = FieldSection()
            alone.append("cookie", text)
            try require(StickyCookie.marks(in: alone) == [mark], "a mark by itself is another")
        }
        var joined = FieldSection()
        joined.append("cookie", WrittenLines.view(cookies.joined(separator: Array("; ".utf8))))
        try require(StickyCookie.marks(in: joined) == marks, "cookies over several lines read as others")
    }

    // MARK: Addresses and blocks of them

    /// Reads what the system's own parser reads, and the same in it.
    static func address(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let address = IPAddress(text)
        if let address {
            try require(IPAddress(address.description) == address, "an address changes when it is written down")
            try require(address.description.utf8.count <= 39, "an address is longer than it can be")
        }
        // C's strings end at a NUL, and the system knows zones.
        if !text.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "%") }) {
            var known: SocketAddress?
            do { known = try SocketAddress(ipAddress: text, port: 0) } catch { known = nil }
            try require(IPAddress(known) == address, "the system reads another address")
        }
        try checkBlock(text, address)
    }

    private static func checkBlock(_ text: String, _ address: IPAddress?) throws {
        let block: TrustedProxies
        do throws(TrustedProxies.Problem) { block = try TrustedProxies([text]) } catch {
            return try require(address == nil, "an address is no block")
        }
        try require(!block.isEmpty, "a block is empty")
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
        guard let network = IPAddress(text[..<slash]) else {
            return try require(text == "loopback" || text == "private", "a word is a block")
        }
        try require(block.contains(network), "a block does not hold its own address")
        let other = IPAddress(network.family == .v4 ? "::1:2:3" : "192.0.2.1")
        try require(!block.contains(other), "a block holds an address of another family")
    }
}
#endif
