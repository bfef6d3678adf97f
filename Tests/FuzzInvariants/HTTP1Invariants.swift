import HTTP1
import HTTPFields
import NIOCore

/// The verdict on a message never depends on how it was cut, and what was accepted can be written down and read again.
enum HTTP1Invariants {
    /// Small, so that short inputs reach every limit.
    static let limits: HTTP1Limits = {
        var limits = HTTP1Limits()
        limits.startLine = 256
        limits.head = 1024
        limits.fields = 24
        limits.chunkLine = 32
        limits.trailers = 128
        limits.trailerFields = 4
        limits.interimResponses = 3
        return limits
    }()

    // MARK: Requests

    static func request(_ bytes: [UInt8]) throws {
        let records = try Pieces.cuts(bytes).map(requests)
        try require(records.allSatisfy { $0 == records[0] }, "the same bytes read as other requests when cut")
    }

    private static func requests(_ pieces: [ByteBuffer]) throws -> MessageRecord {
        var parser = HTTP1RequestParser(limits: limits)
        var record = MessageRecord()
        try record.read(pieces, next: { buffer throws(HTTP1Error) in try parser.next(&buffer) }) { part, record in
            switch part {
            case .head(let head):
                try check(head)
                let authority = head.authority.map { String(decoding: $0, as: UTF8.self) } ?? ""
                record.note("\(head.summary) \(authority)", head.fields)
            case .body(let data):
                try require(data.readableBytes > 0, "a piece of a body is empty")
                record.note(body: data)
            case .end(let trailers):
                try trailers?.requireCleanFields()
                record.note(end: trailers)
            }
        }
        return record
    }

    private static func check(_ head: HTTP1RequestHead) throws {
        try head.fields.requireCleanFields()
        try require(head.method.isCleanText && !head.method.isEmpty, "a method could end its line")
        try require(head.target.isCleanText && !head.target.isEmpty, "a target could end its line")
        try require(head.authority?.isCleanText != false, "an authority could end its line")
        try require(head.framing != .untilClose, "a request lasts until the connection closes")
        try RewrittenHead.check(head)
    }

    // MARK: Responses

    static func response(_ bytes: [UInt8]) throws {
        for request in [HTTP1ResponseParser.Request.ordinary, .head, .upgrade] {
            let records = try Pieces.cuts(bytes).map { try response($0, to: request) }
            try require(records.allSatisfy { $0 == records[0] }, "the same bytes read as another response when cut")
        }
    }

    private static func response(
        _ pieces: [ByteBuffer],
        to request: HTTP1ResponseParser.Request
    ) throws -> MessageRecord {
        var parser = HTTP1ResponseParser(limits: limits)
        parser.expect(request)
        var record = MessageRecord()
        try record.read(pieces, next: { buffer throws(HTTP1Error) in try parser.next(&buffer) }) { part, record in
            try note(part, answering: request, in: &record)
        }
        guard record.error == nil else { return record }
        do throws(HTTP1Error) {
            if case .end(let trailers)? = try parser.connectionClosed() { record.note(end: trailers) }
        } catch {
            record.note(error)
        }
        return record
    }

    private static func note(
        _ part: HTTP1ResponseParser.Part,
        answering request: HTTP1ResponseParser.Request,
        in record: inout MessageRecord
    ) throws {
        switch part {
        case .interim(let head):
            try require((100..<200).contains(head.status) && head.status != 101, "no interim status")
            try check(head, answering: request)
            record.note("interim \(head.summary)", head.fields)
        case .head(let head):
            try require((200...999).contains(head.status), "no final status")
            try check(head, answering: request)
            record.note(head.summary, head.fields)
        case .body(let data):
            try require(data.readableBytes > 0, "a piece of a body is empty")
            record.note(body: data)
        case .end(let trailers):
            try trailers?.requireCleanFields()
            record.note(end: trailers)
        case .upgraded(let head):
            try require(request == .upgrade && head.status == 101, "an upgrade that nobody asked for")
            try check(head, answering: request)
            record.note("upgraded \(head.summary)", head.fields)
        }
    }

    private static func check(_ head: HTTP1ResponseHead, answering request: HTTP1ResponseParser.Request) throws {
        try head.fields.requireCleanFields()
        if request == .head || head.status == 204 || head.status == 304 {
            try require(head.framing == .none, "a body where there never is one")
        }
        try require(head.framing != .untilClose || !head.keepAlive, "a body that never ends is followed by another")
        try RewrittenHead.check(head, answering: request)
    }
}

extension HTTP1RequestHead {
    /// All that the parser decided but for the fields and the authority.
    var summary: String {
        "\(String(decoding: method, as: UTF8.self)) \(String(decoding: target, as: UTF8.self)) "
            + "\(version) \(framing) \(keepAlive) \(expectsContinue) \(String(describing: upgrade))"
    }
}

extension HTTP1ResponseHead {
    /// All that the parser decided but for the fields.
    var summary: String { "\(status) \(version) \(framing) \(keepAlive)" }
}
