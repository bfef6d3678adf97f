import FoundationEssentials
import Telemetry

/// One finished request, as the access log tells it.
///
/// There is no place in it for the values of `Authorization`, `Cookie` or `Set-Cookie`, or for any byte of a body.
struct AccessLogEntry: Sendable {
    /// When the head of the request was complete.
    var time: Date
    var requestID: String
    /// The visitor's address, as trusted proxies tell it.
    var client: String
    var method: String
    /// Empty when the request named none that can be read.
    var host: String
    /// The target as it came, query included.
    var target: String
    /// `HTTP/1.1` or `HTTP/2`.
    var version: String
    /// Zero when the visitor left before there was one.
    var status: Int
    var bytesIn: Int
    var bytesOut: Int
    var duration: Duration
    /// The device that served it.
    var device: String?
    /// What went wrong, by the code of the error page.
    var failure: String?
    /// The trace that the request belongs to (W3C Trace Context).
    var traceID: String?
    var userAgent: String?
    var referer: String?

    /// Bytes of one field; a longer one is cut.
    static let fieldLimit = 1024

    /// About how many bytes it takes in memory and in the log.
    var cost: Int {
        let optional = [device, failure, traceID, userAgent, referer].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        return 256 + requestID.utf8.count + client.utf8.count + method.utf8.count + host.utf8.count + target.utf8.count
            + version.utf8.count + optional
    }

    /// Cuts what is longer than the log shows, so that waiting entries are small.
    func bounded() -> AccessLogEntry {
        var entry = self
        entry.target = Self.cut(target)
        entry.method = Self.cut(method)
        entry.host = Self.cut(host)
        entry.userAgent = userAgent.map(Self.cut)
        entry.referer = referer.map(Self.cut)
        return entry
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > fieldLimit else { return text }
        // A character that is cut in two becomes the sign for one that cannot be read.
        return String(decoding: text.utf8.prefix(fieldLimit), as: UTF8.self) + "…"
    }
}

// MARK: - As a line

extension AccessLogEntry {
    /// One line of JSON, its line feed included.
    ///
    /// - Parameter showsQueries: Whether values in queries, also those of the referer, are written as they came.
    /// - Returns: The line.
    func line(showsQueries: Bool) -> String {
        func shown(_ target: String) -> String { showsQueries ? target : QueryRedaction.hideValues(target) }
        var line = JSONLine()
        line.add("time", time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        line.add("request_id", requestID)
        line.add("client", client)
        line.add("method", method)
        line.add("host", host)
        line.add("target", shown(target))
        line.add("version", version)
        line.add("status", number: status)
        line.add("bytes_in", number: bytesIn)
        line.add("bytes_out", number: bytesOut)
        line.add("duration_ms", number: Self.milliseconds(duration))
        line.add("device", device)
        line.add("failure", failure)
        line.add("trace_id", traceID)
        line.add("user_agent", userAgent)
        line.add("referer", referer.map(shown))
        return line.finished
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) * 1000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)
    }
}

/// An object of JSON on one line.
private struct JSONLine {
    private var text = "{"

    init() {}

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        open(key)
        text += "\""
        LogEscaping.appendJSON(value, limit: AccessLogEntry.fieldLimit + 4, to: &text)
        text += "\""
    }

    mutating func add(_ key: String, number: Int) {
        open(key)
        text += String(number)
    }

    private mutating func open(_ key: String) { text += text.utf8.count > 1 ? ",\"\(key)\":" : "\"\(key)\":" }

    var finished: String { text + "}\n" }
}

/// Hides the values in a query and leaves its names, since those tell what was asked.
enum QueryRedaction {
    /// `/a?b=c&d` becomes `/a?b=*&*`: a part without a name might be a value.
    ///
    /// By scalars: a question mark with an accent upon it is another character, and the same to every reader of URLs.
    static func hideValues(_ target: String) -> String {
        let scalars = target.unicodeScalars
        guard let mark = scalars.firstIndex(of: "?") else { return target }
        let query = scalars[scalars.index(after: mark)...]
        let parts = query.split(separator: "&", omittingEmptySubsequences: false).map { part in
            guard !part.isEmpty else { return "" }
            guard let equals = part.firstIndex(of: "=") else { return "*" }
            return "\(String(part[..<equals]))=*"
        }
        return "\(String(scalars[...mark]))\(parts.joined(separator: "&"))"
    }
}
