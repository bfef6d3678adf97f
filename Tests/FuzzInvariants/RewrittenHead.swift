import HTTP1
import HTTPFields
import NIOCore

/// Writes accepted heads down and reads them again: what the next hop sees must be what this one decided on.
enum RewrittenHead {
    static func check(_ head: HTTP1RequestHead) throws {
        // Without Host the authority came from the target, which is a path by now.
        guard head.fields.first("host") != nil else { return }
        let version = head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0"
        let line = Array(head.method) + [0x20] + Array(head.target) + Array(" \(version)\r\n".utf8)
        let again = try read(line + head.fields.flattened + Array("\r\n".utf8))
        // The target of the first reading may have named the host in other letters than Host did.
        let host = again.authority.map { Array($0).map(\.lowercasedASCII) }
        try require(host == head.authority.map { Array($0).map(\.lowercasedASCII) }, "another host is written down")
        try require(again.summary == head.summary, "a head reads as another when it is written down")
        try require(again.fields.flattened == head.fields.flattened, "fields read as others when they are written down")
        try checkForwarded(head.method, head.target, head.fields, authority: head.authority)
    }

    static func check(_ head: HTTP1ResponseHead, answering request: HTTP1ResponseParser.Request) throws {
        let version = head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0"
        var buffer = ByteBuffer(string: "\(version) \(head.status) \r\n")
        buffer.writeBytes(head.fields.flattened)
        buffer.writeStaticString("\r\n")
        // The written line may be longer by a reason's blank, and so may each field.
        var parser = HTTP1ResponseParser(limits: HTTP1Limits())
        parser.expect(request)
        switch try parser.next(&buffer) {
        case .interim(let again), .head(let again), .upgraded(let again):
            try require(again.summary == head.summary, "a head reads as another when it is written down")
            try require(again.fields.flattened == head.fields.flattened, "fields read as others when written down")
        case .body, .end, nil: try require(false, "a head cannot be read when it is written down")
        }
        try require(buffer.readableBytes == 0, "a head that is written down has a rest")
    }

    /// What the writer puts on the wire for the next hop is one head, of the same request.
    static func checkForwarded(
        _ method: ByteBufferView,
        _ target: ByteBufferView,
        _ fields: FieldSection,
        authority: ByteBufferView?
    ) throws {
        var buffer = ByteBuffer()
        do throws(HTTP1Error) {
            try HTTP1Writer.requestLine(method, target, into: &buffer)
            if let authority { try HTTP1Writer.field("Host", authority, into: &buffer) }
            try HTTP1Writer.fields(of: fields, into: &buffer) { fields.nameEquals("host", at: $0) }
        } catch {
            return
        }
        buffer.writeStaticString("\r\n")
        let again = try read(Array(buffer.readableBytesView))
        try require(again.method.elementsEqual(method), "another method is forwarded")
        try require(again.target.elementsEqual(target), "another target is forwarded")
        try require(again.framing != .chunked, "the writer passed Transfer-Encoding on")
        try require(again.fields.count <= fields.count + 1, "more fields are forwarded than came")
    }

    private static func read(_ bytes: [UInt8]) throws -> HTTP1RequestHead {
        var buffer = ByteBuffer(bytes: bytes)
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        guard case .head(let head)? = try parser.next(&buffer), buffer.readableBytes == 0 else {
            throw BrokenInvariant(description: "what was written down is not one head")
        }
        return head
    }
}
