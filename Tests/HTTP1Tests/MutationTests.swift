import HTTP1
import HTTPFields
import NIOCore
import Testing

/// Samples with bytes changed at random, from a fixed seed: nothing traps, nothing depends on cuts, and whatever was
/// understood is understood the same way after it has been written again.
struct MutationTests {
    private static let rounds = 20_000

    @Test func `treats damaged requests alike however they are cut`() {
        var random = SeededGenerator(state: 1)
        let samples = RequestSamples.valid + RequestSamples.hostile
        for round in 0..<Self.rounds {
            let bytes = random.damaged(samples[round % samples.count].bytes)
            let whole = Transcript.requests([bytes])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let halves = Transcript.requests([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(halves == whole, "\(bytes)")
            guard round % 20 == 0 else { continue }
            #expect(Transcript.requests(bytes.map { [$0] }) == whole, "\(bytes)")
        }
    }

    @Test func `treats damaged responses alike however they are cut`() {
        var random = SeededGenerator(state: 2)
        let samples = ResponseParserTests.valid + ResponseParserTests.hostile
        let requests: [HTTP1ResponseParser.Request] = [.ordinary, .head, .upgrade]
        for round in 0..<Self.rounds {
            let bytes = random.damaged(samples[round % samples.count].bytes)
            let request = requests[round % requests.count]
            let whole = Transcript.response([bytes], to: request, closes: true)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(Transcript.response(pieces, to: request, closes: true) == whole, "\(bytes)")
        }
    }

    @Test func `reads back what it writes of a damaged request`() throws {
        var random = SeededGenerator(state: 3)
        let samples = RequestSamples.valid
        var written = 0
        for round in 0..<Self.rounds {
            guard let first = firstHead(random.damaged(samples[round % samples.count].bytes)), !first.isConnect,
                let authority = first.authority
            else { continue }
            let second = try #require(firstHead(try write(first, authority)))
            #expect(second.method.elementsEqual(first.method) && second.target.elementsEqual(first.target))
            #expect(second.authority?.elementsEqual(authority) == true)
            #expect(second.hasNoBody == first.hasNoBody && second.upgrade == nil)
            #expect(lasting(second) == lasting(first))
            written += 1
        }
        // Damage that spares a head must stay common, or this test has lost its point.
        #expect(written > Self.rounds / 10)
    }

    private func firstHead(_ bytes: [UInt8]) -> HTTP1RequestHead? {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(bytes: bytes)
        do throws(HTTP1Error) {
            guard case .head(let head) = try parser.next(&buffer) else { return nil }
            return head
        } catch {
            return nil
        }
    }

    private func write(_ head: HTTP1RequestHead, _ authority: ByteBufferView) throws -> [UInt8] {
        var buffer = ByteBuffer()
        try HTTP1Writer.requestLine(head.method, head.target, into: &buffer)
        try HTTP1Writer.field("host", authority, into: &buffer)
        try HTTP1Writer.fields(of: head.fields, into: &buffer, except: { head.fields.nameEquals("host", at: $0) })
        if head.framing == .chunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        return Array(buffer.readableBytesView)
    }

    /// The fields that go on, but for Host and Transfer-Encoding, which each hop writes anew.
    private func lasting(_ head: HTTP1RequestHead) -> [String] {
        head.fields.entries.indices.compactMap { index in
            guard !head.fields.nameEquals("host", at: index), !HopByHop.isConnectionSpecific(head.fields, at: index)
            else {
                return nil
            }
            let value = Array(head.fields.value(at: index))
            return "\(String(decoding: head.fields.name(at: index), as: UTF8.self)): \(value)"
        }
    }
}
