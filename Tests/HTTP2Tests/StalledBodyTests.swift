import NIOCore
import Testing

@testable import HTTP2

struct StalledBodyTests {
    private func bytes(_ count: Int, _ first: Int = 0) -> ByteBuffer {
        ByteBuffer(bytes: (first..<first + count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    }

    @Test func `hands out what it was given, in order, in pieces of a bounded size`() {
        var body = StalledBody()
        for first in stride(from: 0, to: 300_000, by: 10_000) { body.keep(bytes(10_000, first)) }
        #expect(body.byteCount == 300_000)
        var whole = ByteBuffer()
        while var piece = body.take() {
            #expect(piece.readableBytes <= StalledBody.pieceSize)
            whole.writeBuffer(&piece)
        }
        #expect(whole == bytes(300_000))
        #expect(body.isEmpty && body.byteCount == 0)
    }

    @Test func `holds no more for a reader that stays behind for all of a long body`() {
        var body = StalledBody()
        body.keep(bytes(3 * StalledBody.pieceSize))
        for _ in 0..<200 {
            let piece = body.take()
            #expect(piece?.storageCapacity == StalledBody.pieceSize)
            body.keep(bytes(StalledBody.pieceSize))
            #expect(body.byteCount == 3 * StalledBody.pieceSize)
        }
    }

    @Test func `a few bytes take a few bytes`() {
        var body = StalledBody()
        body.keep(bytes(10))
        body.keep(ByteBuffer())
        #expect(body.take()?.storageCapacity ?? .max <= 64)
        #expect(body.take() == nil)
    }

    @Test func `says how much it drops`() {
        var body = StalledBody()
        body.keep(bytes(100_000))
        let dropped = body.drop()
        #expect(dropped == 100_000 && body.isEmpty)
        let rest = body.drop()
        #expect(rest == 0 && body.take() == nil)
    }
}
