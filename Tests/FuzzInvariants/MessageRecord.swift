import HTTP1
import HTTPFields
import NIOCore

/// What a parser made of the bytes of one connection, in a form that is the same however they were cut.
struct MessageRecord: Equatable {
    private(set) var parts: [[UInt8]] = []
    private(set) var error: HTTP1Error?
    private var body: [UInt8] = []

    /// Feeds pieces one after the other; `visit` sees each part as well.
    mutating func read<Part>(
        _ pieces: [ByteBuffer],
        next: (inout ByteBuffer) throws(HTTP1Error) -> Part?,
        visit: (Part, inout MessageRecord) throws -> Void
    ) throws {
        var buffer = ByteBuffer()
        for var piece in pieces {
            buffer.writeBuffer(&piece)
            while true {
                let part: Part?
                do throws(HTTP1Error) {
                    part = try next(&buffer)
                } catch {
                    note(error)
                    return
                }
                guard let part else { break }
                try visit(part, &self)
            }
        }
        endBody()
    }

    mutating func note(_ failure: HTTP1Error) {
        endBody()
        error = failure
    }

    mutating func note(_ head: String, _ fields: FieldSection) {
        endBody()
        parts.append(Array(head.utf8) + fields.flattened)
    }

    mutating func note(body data: ByteBuffer) { body += data.readableBytesView }

    mutating func note(end trailers: FieldSection?) {
        endBody()
        parts.append(Array("end".utf8) + (trailers?.flattened ?? []))
    }

    private mutating func endBody() {
        if !body.isEmpty { parts.append(body) }
        body = []
    }
}

extension FieldSection {
    /// All names and values as lines of HTTP/1.1.
    var flattened: [UInt8] {
        entries.indices.flatMap { index in
            Array(name(at: index)) + Array(": ".utf8) + Array(value(at: index)) + Array("\r\n".utf8)
        }
    }

    /// Throws when a field holds a byte that could begin another line.
    func requireCleanFields() throws {
        for index in entries.indices {
            try require(name(at: index).isCleanText && !name(at: index).isEmpty, "a name could end its line")
            try require(value(at: index).isCleanText, "a value could end its line")
        }
    }
}

extension ByteBufferView {
    /// Whether CR, LF and NUL are absent.
    var isCleanText: Bool { allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 } }
}
