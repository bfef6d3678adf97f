import HTTP1
import HTTPFields

/// Why a response cannot be sent as it is.
enum ResponseProblem: Error, Equatable, CustomStringConvertible {
    case status(Int)
    /// Not a name or not a value.
    case malformed(field: String)
    /// The agent writes it itself, or HTTP/2 has no such thing.
    case reserved(field: String)
    case tooLarge
    /// The body is longer or shorter than was said.
    case wrongLength

    var description: String {
        switch self {
        case .status(let status): "the status \(status) is not one of 200 to 599"
        case .malformed(let field): "the field '\(field.quotable)' cannot be written in HTTP"
        case .reserved(let field): "the field '\(field)' is the agent's to write"
        case .tooLarge: "the header has more than \(VisitorResponse.mostFields) fields or 32 KiB"
        case .wrongLength: "the body is not of the length that was said"
        }
    }
}

extension VisitorResponse {
    static let mostFields = 100
    private static let largestHeader = 32 * 1024

    /// Whether something may follow the head (RFC 9110, 15.3.5, 15.3.6 and 15.4.5).
    var mayHaveBody: Bool { ![204, 205, 304].contains(status) }

    /// The head as it is sent.
    func head() throws(ResponseProblem) -> FieldSection {
        guard (200...599).contains(status) else { throw .status(status) }
        guard headers.count <= Self.mostFields else { throw .tooLarge }
        var head = FieldSection(capacity: 512, fields: headers.count + 3)
        head.append(":status", String(status))
        for field in headers { head.append(try Self.name(field), try Self.value(field)) }
        if head.first("date") == nil { head.append("date", HTTPDate.now.description) }
        if let length = body.length, mayHaveBody { head.append("content-length", String(length)) }
        guard head.listSize <= Self.largestHeader else { throw .tooLarge }
        return head
    }

    private static func name(_ field: HeaderFields.Field) throws(ResponseProblem) -> String {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(Characters.isToken) else {
            throw .malformed(field: field.name)
        }
        let name = String(decoding: field.name.utf8.map(\.lowercasedASCII), as: UTF8.self)
        guard !reserved.contains(name) else { throw .reserved(field: name) }
        return name
    }

    private static func value(_ field: HeaderFields.Field) throws(ResponseProblem) -> String {
        let bytes = field.value.utf8
        guard bytes.allSatisfy(Characters.isFieldValue), bytes.first.map(Characters.isBlank) != true,
            bytes.last.map(Characters.isBlank) != true
        else { throw .malformed(field: field.name) }
        return field.value
    }

    /// Fields of one connection (RFC 9113, 8.2.2), and what says where the body ends.
    private static let reserved: Set<String> = [
        "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]
}

extension VisitorResponse.Body {
    /// The size in bytes, when it is known.
    fileprivate var length: Int? {
        switch content {
        case .whole(let bytes): bytes.count
        case .pieces(let length, _): length
        }
    }
}
