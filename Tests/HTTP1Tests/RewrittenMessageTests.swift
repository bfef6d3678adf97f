import HTTP1
import HTTPFields
import NIOCore
import Testing

/// Whole messages that are read, written as a hop writes them, and read again: the same messages come out.
struct RewrittenMessageTests {
    private static let rounds = 10_000

    @Test(arguments: RequestSamples.valid)
    func `reads back whole what it writes of a valid sample`(sample: Sample) throws {
        guard let first = Message.read(sample.bytes) else { return }
        #expect(Message.read(try first.written()) == first)
    }

    @Test func `reads back whole what it writes of damaged requests`() throws {
        var random = SeededGenerator(state: 4)
        let samples = RequestSamples.valid.filter { Message.read($0.bytes) != nil }
        try #require(!samples.isEmpty)
        var written = 0
        for round in 0..<Self.rounds {
            let bytes = random.damaged(samples[round % samples.count].bytes)
            guard let first = Message.read(bytes) else { continue }
            #expect(Message.read(try first.written()) == first, "\(bytes)")
            written += 1
        }
        // Damage that spares a message must stay common, or this test has lost its point.
        #expect(written > Self.rounds / 10)
    }
}

/// The part of one request that goes on beyond this hop.
private struct Message: Equatable {
    private let method: [UInt8]
    private let target: [UInt8]
    private let authority: [UInt8]
    private var fields: [[[UInt8]]] = []
    private var body: [UInt8] = []
    private var trailers: [[[UInt8]]] = []
    private let isChunked: Bool

    /// The first request in the bytes; nil if it is refused, incomplete, a CONNECT or for nobody.
    static func read(_ bytes: [UInt8]) -> Message? {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(bytes: bytes)
        do throws(HTTP1Error) {
            guard case .head(let head) = try parser.next(&buffer), !head.isConnect, var message = Message(head) else {
                return nil
            }
            while let part = try parser.next(&buffer) {
                switch part {
                case .head: return nil
                case .body(let data): message.body += data.readableBytesView
                case .end(let trailers):
                    message.trailers = trailers.map { Self.pairs($0) { _ in true } } ?? []
                    return message
                }
            }
            return nil
        } catch {
            return nil
        }
    }

    private init?(_ head: HTTP1RequestHead) {
        guard let authority = head.authority else { return nil }
        self.authority = Array(authority)
        method = Array(head.method)
        target = Array(head.target)
        isChunked = head.framing == .chunked
        fields = Self.pairs(head.fields) { index in
            !head.fields.nameEquals("host", at: index) && !HopByHop.isConnectionSpecific(head.fields, at: index)
        }
    }

    private static func pairs(_ fields: FieldSection, where isKept: (Int) -> Bool) -> [[[UInt8]]] {
        fields.entries.indices.filter(isKept).map { [Array(fields.name(at: $0)), Array(fields.value(at: $0))] }
    }

    func written() throws -> [UInt8] {
        var buffer = ByteBuffer()
        try HTTP1Writer.requestLine(view(method), view(target), into: &buffer)
        try HTTP1Writer.field("host", view(authority), into: &buffer)
        try HTTP1Writer.fields(of: section(fields), into: &buffer)
        if isChunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        guard isChunked else { return Array(buffer.readableBytesView) + body }
        if !body.isEmpty {
            HTTP1Writer.chunkSize(body.count, into: &buffer)
            buffer.writeBytes(body)
            buffer.writeStaticString("\r\n")
        }
        try HTTP1Writer.lastChunk(trailers.isEmpty ? nil : section(trailers), into: &buffer)
        return Array(buffer.readableBytesView)
    }

    private func view(_ bytes: [UInt8]) -> ByteBufferView { ByteBuffer(bytes: bytes).readableBytesView }

    private func section(_ pairs: [[[UInt8]]]) -> FieldSection {
        var section = FieldSection()
        for pair in pairs { section.append(name: view(pair[0]), value: view(pair[1])) }
        return section
    }
}
