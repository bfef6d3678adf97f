import HTTP1
import HTTPFields

/// Which fields may be edited, and what may be written into them.
struct HeaderEditCheck {
    let rule: VisitorRulesError.Rule

    /// More edits than this are a program's work, not a header's.
    static let most = 64
    private static let longestName = 128
    private static let longestValue = 4096

    /// The name in small letters, as HTTP/2 has it.
    func name(_ text: String) throws(VisitorRulesError) -> String {
        guard (1...Self.longestName).contains(text.utf8.count), text.utf8.allSatisfy(Characters.isToken) else {
            throw VisitorRulesError(rule, "'\(text.quotable)' is not a header's name")
        }
        let name = String(decoding: text.utf8.map(\.lowercasedASCII), as: UTF8.self)
        if let reason = Self.untouchable[Self.likeness(of: name)] {
            throw VisitorRulesError(rule, "'\(name)' cannot be edited: \(reason)")
        }
        return name
    }

    /// The value without the blanks around it, which are no part of it (RFC 9110, 5.5).
    func value(_ field: HeaderEdits.Field) throws(VisitorRulesError) -> String {
        let bytes = field.value.utf8
        let start = bytes.drop(while: Characters.isBlank)
        let end = start.lastIndex { !Characters.isBlank($0) }
        let value = end.map { start[...$0] } ?? start
        guard value.count <= Self.longestValue else {
            throw VisitorRulesError(
                rule,
                "the value of '\(field.name)' is \(value.count) bytes long; at most \(Self.longestValue) are taken"
            )
        }
        guard value.allSatisfy(Characters.isFieldValue) else {
            throw VisitorRulesError(rule, "the value of '\(field.name)' has a line break or another control character")
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// The name as an origin of the CGI kind reads it.
    static func likeness(of name: String) -> String {
        String(
            decoding: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercasedASCII },
            as: UTF8.self
        )
    }

    private static let untouchable: [String: String] = {
        let connection = "it speaks of one connection, and each hop writes its own"
        let framing = "it says where the message ends"
        let socket = "it belongs to the handshake of a WebSocket"
        return [
            "connection": connection, "keep-alive": connection, "proxy-connection": connection, "te": connection,
            "upgrade": connection, "http2-settings": connection, "expect": connection,
            "transfer-encoding": framing, "content-length": framing, "trailer": framing,
            "sec-websocket-key": socket, "sec-websocket-accept": socket, "sec-websocket-version": socket,
            "sec-websocket-extensions": socket,
            "host": "it has an option of its own",
        ]
    }()
}

extension String {
    /// The text for a line of a log or a message: printable ASCII as it is, everything else as its code, cut to 64 bytes.
    var quotable: String {
        var result = ""
        for scalar in unicodeScalars {
            guard result.utf8.count < 64 else { return result + "..." }
            let isPlain = (0x20...0x7E).contains(scalar.value) && scalar != "\\" && scalar != "'"
            result += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return result
    }
}
