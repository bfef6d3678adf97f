import HTTP1
import HTTPFields
import NIOCore
import Testing

/// Reads a request's head as a visitor sends it; an array of lines, without the empty one.
func parsedHead(_ lines: [String]) throws -> HTTP1RequestHead {
    var parser = HTTP1RequestParser(limits: HTTP1Limits())
    var bytes = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
    guard case .head(let head) = try parser.next(&bytes) else { throw NoHead() }
    return head
}

private struct NoHead: Error {}

extension FieldSection {
    init(_ fields: [(String, String)]) {
        self.init()
        for (name, value) in fields { append(name, value) }
    }

    /// Every field as `name: value`, names in lower case.
    var lines: [String] {
        entries.indices.map { index in
            "\(String(decoding: name(at: index), as: UTF8.self).lowercased()): "
                + String(decoding: value(at: index), as: UTF8.self)
        }
    }
}
