import HTTP1
import NIOCore

/// What an error page says, before it is put into a form.
struct ErrorReport {
    let status: Int
    let sentence: String
    var hint: String?
    /// As the visitor wrote it; to be escaped wherever it is shown.
    var host: String?
    let requestID: String
    let failedHop: EdgeFailure.Hop

    /// No host is longer; what claims to be is cut.
    private static let longestHost = 260

    func body(_ format: ErrorFormat) -> ByteBuffer {
        switch format {
        case .plain: ByteBuffer(string: plain)
        case .html: ByteBuffer(string: html)
        case .json: ByteBuffer(string: json)
        }
    }

    private var title: String { "\(status) \(StatusPhrase.of(status))" }

    /// The host without what no host has in it, so that no form of the page can be broken by it.
    private var shownHost: String? {
        host.map { host in
            String(
                decoding: host.utf8.prefix(Self.longestHost).map {
                    (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?")
                },
                as: UTF8.self
            )
        }
    }

    // MARK: Plain text

    private var plain: String {
        var lines = [title, sentence]
        if let hint { lines.append(hint) }
        if let shownHost { lines.append("Host \(shownHost)") }
        lines.append("Request \(requestID)")
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: JSON

    /// Problem details (RFC 9457).
    private var json: String {
        var members = [
            ("type", "\"about:blank\""), ("title", Self.quoted(StatusPhrase.of(status))), ("status", "\(status)"),
            ("detail", Self.quoted(sentence)),
        ]
        if let hint { members.append(("hint", Self.quoted(hint))) }
        if let shownHost { members.append(("host", Self.quoted(shownHost))) }
        members.append(("hop", Self.quoted(failedHop.name)))
        members.append(("request_id", Self.quoted(requestID)))
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}\n"
    }

    /// A JSON string that is also harmless in the middle of HTML.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "<", ">", "&", "\u{7F}",
                _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    // MARK: HTML

    private var html: String {
        let about = shownHost.map { "<p class=\"host\">\(HTMLText.escaped($0))</p>" } ?? ""
        let advice = hint.map { "<p>\(HTMLText.escaped($0))</p>" } ?? ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <title>\(HTMLText.escaped(title))</title>
            <style>\(ErrorStyle.sheet)</style>
            </head>
            <body>
            <main>
            \(about)<h1><span>\(status)</span> \(HTMLText.escaped(StatusPhrase.of(status)))</h1>
            <p class="what">\(HTMLText.escaped(sentence))</p>
            \(advice)\(way)<p class="id">Request <code>\(HTMLText.escaped(requestID))</code></p>
            </main>
            </body>
            </html>

            """
    }

    /// The hops in order, with words beside the colours; nothing where the visitor's own request was wrong.
    private var way: String {
        guard failedHop != .visitor else { return "" }
        let hops = EdgeFailure.Hop.allCases.map { hop in
            let (kind, word) = mark(hop)
            return "<li class=\"\(kind)\">\(hop.title) <small>\(word)</small></li>"
        }
        return "<ol>\(hops.joined())</ol>\n"
    }

    private func mark(_ hop: EdgeFailure.Hop) -> (kind: String, word: String) {
        if hop == failedHop { return ("bad", "failed") }
        return hop < failedHop ? ("good", "fine") : ("unknown", "not reached")
    }
}

extension EdgeFailure.Hop {
    /// In problem details.
    fileprivate var name: String {
        switch self {
        case .visitor: "visitor"
        case .edge: "edge"
        case .device: "device"
        case .origin: "origin"
        }
    }

    /// On a page.
    fileprivate var title: String {
        switch self {
        case .visitor: "You"
        case .edge: "Edge"
        case .device: "Device"
        case .origin: "Service"
        }
    }
}
