#if DEBUG || FUZZING
import Foundation

@testable import Edge

/// One request is one line of valid JSON, whatever the visitor wrote, and no value of a query stands in it.
enum LogInvariants {
    /// One line each: target, host, method, user agent, referer; the last one may hold line feeds of its own.
    static func accessLogLine(_ bytes: [UInt8]) throws {
        let entry = entry(WrittenLines.texts(bytes)).bounded()
        for showsQueries in [true, false] {
            let line = entry.line(showsQueries: showsQueries)
            try checkBytes(line)
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard let object else { throw BrokenInvariant(description: "a line is no object") }
            try check(object, entry, showsQueries: showsQueries)
        }
    }

    private static func entry(_ texts: [String]) -> AccessLogEntry {
        func text(_ index: Int) -> String { index < texts.count ? texts[index] : "" }
        let referer = texts.dropFirst(4).joined(separator: "\n")
        return AccessLogEntry(
            time: Date(timeIntervalSince1970: 1_800_000_000),
            requestID: "r1",
            client: "192.0.2.1",
            method: text(2),
            host: text(1),
            target: text(0),
            version: "HTTP/2",
            status: 200,
            bytesIn: 1,
            bytesOut: 2,
            duration: .milliseconds(3),
            userAgent: text(3),
            referer: referer
        )
    }

    private static func checkBytes(_ line: String) throws {
        let bytes = line.utf8
        try require(bytes.last == 0x0A && bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a line is broken")
        // Five fields of outside bytes, each byte six at most.
        try require(bytes.count <= 5 * 6 * (AccessLogEntry.fieldLimit + 8) + 512, "a line has no end")
        let isVisible = line.unicodeScalars.allSatisfy {
            !(0x80...0x9F).contains($0.value) && !(0x2028...0x202E).contains($0.value)
        }
        try require(isVisible, "a line holds what a terminal acts upon")
    }

    private static func check(_ object: [String: Any], _ entry: AccessLogEntry, showsQueries: Bool) throws {
        try require(object.count == 13, "a line has another number of members")
        try require(object["status"] as? Int == 200, "a visitor changes the status")
        try require(object["request_id"] as? String == "r1", "a visitor changes the request's identifier")
        try checkSame(object["host"], entry.host)
        try checkSame(object["method"], entry.method)
        try checkSame(object["user_agent"], entry.userAgent)
        for (member, text) in [("target", entry.target), ("referer", entry.referer ?? "")] {
            if showsQueries {
                try checkSame(object[member], text)
            } else {
                try checkHidden(object[member] as? String)
            }
        }
    }

    private static func checkSame(_ shown: Any?, _ text: String?) throws {
        let shown = (shown as? String).map { Array($0.utf8) }
        try require(shown == text.map { Array($0.utf8) }, "a text reads as another")
    }

    /// Behind a question mark stand names and stars alone.
    private static func checkHidden(_ shown: String?) throws {
        guard let shown else { throw BrokenInvariant(description: "a text is left out") }
        guard let mark = shown.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = shown.utf8[shown.utf8.index(after: mark)...]
        let parts = query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            var part = Array(part)
            // A long line is cut, and says so.
            let sign = Array("…".utf8)
            let isCut = index == parts.count - 1 && part.suffix(sign.count).elementsEqual(sign)
            if isCut { part.removeLast(sign.count) }
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let value = equals.map { part[($0 + 1)...] } ?? part[...]
            let isHidden = value.isEmpty || value.elementsEqual("*".utf8) || isCut && equals == nil
            try require(isHidden, "a value of a query is shown: \(shown)")
        }
    }
}
#endif
