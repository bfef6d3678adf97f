import FoundationEssentials

/// A command line of curl that asks for what a visitor asked for, at the public name.
package struct CurlCommand: Sendable, Equatable {
    /// What is pasted into a shell; longer bodies come through a pipe.
    package let text: String

    /// Longer words are refused by some systems (Linux: 128 KiB).
    private static let longestWord = 64 << 10
    /// What curl says by itself, what the edge says, and what belongs to one connection.
    private static let dropped: Set<String> = [
        "content-length", "host", "connection", "te", "trailer", "transfer-encoding", "upgrade", "forwarded",
        "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "traceparent", "tracestate",
    ]

    /// Writes the command; there is none when a part of the body is not kept, nor for a WebSocket.
    ///
    /// - Parameter exchange: With as many secrets as the command is to have.
    package init?(_ exchange: ExchangeDetail) {
        guard !exchange.request.body.truncated, exchange.summary.kind != .websocket else { return nil }
        var words = ["curl", "--globoff", "--path-as-is"]
        words += Self.method(exchange.summary.method, hasBody: !exchange.request.body.content.isEmpty)
        words += Self.address(exchange)
        let isUndone = exchange.request.body.contentCoding != nil && exchange.request.body.encoding == .text
        for field in exchange.request.fields where !Self.dropped.contains(field.name.lowercased()) {
            if isUndone, field.name.lowercased() == "content-encoding" { continue }
            // Without a value, a semicolon says that the field is meant to be empty.
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            words += ["--header", ShellWord.quoted(line)]
        }
        let (source, argument) = Self.body(exchange.request.body)
        text = source + (words + argument).joined(separator: " ")
    }

    private static func method(_ method: String, hasBody: Bool) -> [String] {
        if method == "HEAD", !hasBody { return ["--head"] }
        return ["--request", ShellWord.quoted(method)]
    }

    private static func address(_ exchange: ExchangeDetail) -> [String] {
        let site = "\(exchange.scheme)://\(exchange.summary.host)"
        guard exchange.path.hasPrefix("/") else {
            return ["--request-target", ShellWord.quoted(exchange.path), ShellWord.quoted(site)]
        }
        return [ShellWord.quoted(site + exchange.path)]
    }

    /// What stands before curl, and what it is told about its body.
    private static func body(_ body: BodyRecord) -> (source: String, argument: [String]) {
        guard !body.content.isEmpty else { return ("", []) }
        switch body.encoding {
        case .text where isPlain(body.content) && body.content.utf8.count <= longestWord:
            return ("", ["--data-raw", ShellWord.quoted(body.content)])
        case .text:
            return (ShellWord.printf(Array(body.content.utf8)) + " | ", ["--data-binary", "@-"])
        case .base64:
            let bytes = Data(base64Encoded: body.content).map(Array.init) ?? []
            return (ShellWord.printf(bytes) + " | ", ["--data-binary", "@-"])
        }
    }

    /// Whether a terminal into which the text is pasted takes it for text.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }
    }
}
