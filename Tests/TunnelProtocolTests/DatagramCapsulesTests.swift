import NIOCore
import Testing

@testable import TunnelProtocol

struct DatagramCapsulesTests {
    /// A capsule with any type and any contents.
    private static func capsule(_ type: UInt64, _ contents: [UInt8]) -> [UInt8] {
        var bytes = ByteBuffer()
        VariableLengthInteger.write(type, to: &bytes)
        VariableLengthInteger.write(UInt64(contents.count), to: &bytes)
        bytes.writeBytes(contents)
        return Array(buffer: bytes)
    }

    /// All payloads of these pieces of a stream.
    private static func payloads(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
        var decoder = CapsuleDecoder()
        var payloads: [[UInt8]] = []
        for piece in pieces {
            decoder.feed(ByteBuffer(bytes: piece))
            while let payload = try decoder.next() { payloads.append(Array(buffer: payload)) }
        }
        return payloads
    }

    @Test(arguments: [0, 1, 62, 63, 64, 1200, 16_382, 16_383, TunnelConstants.datagramBytes])
    func `a payload of any size comes out as it went in`(size: Int) throws {
        let payload = [UInt8](repeating: 0xA5, count: size)
        let capsule = try #require(DatagramCapsule.encode(ByteBuffer(bytes: payload)))
        #expect(try Self.payloads([Array(buffer: capsule)]) == [payload])
    }

    @Test func `a payload that UDP cannot carry is not encoded`() {
        #expect(DatagramCapsule.encode(ByteBuffer(repeating: 0, count: TunnelConstants.datagramBytes + 1)) == nil)
    }

    @Test func `capsules come out whole wherever the stream is cut`() throws {
        let stream =
            Self.capsule(0, [0, 1, 2, 3]) + Self.capsule(0x1F, [9, 9, 9]) + Self.capsule(0, [0])
            + Self.capsule(0, [2, 7, 7]) + Self.capsule(0x3F_FFFF, []) + Self.capsule(0, [0x40, 0x00, 4])
        let expected: [[UInt8]] = [[1, 2, 3], [], [4]]
        #expect(try Self.payloads([stream]) == expected)
        #expect(try Self.payloads(stream.map { [$0] }) == expected)
        for cut in 0...stream.count {
            #expect(try Self.payloads([Array(stream[..<cut]), Array(stream[cut...])]) == expected)
        }
    }

    @Test(
        arguments: [
            [0x00, 0x02, 0x00, 7], [0x40, 0x00, 0x02, 0x00, 7], [0x00, 0x40, 0x02, 0x00, 7],
            [0x80, 0, 0, 0, 0x80, 0, 0, 2, 0x00, 7],
            [0xC0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 9, 0xC0, 0, 0, 0, 0, 0, 0, 0, 7],
        ] as [[UInt8]]
    )
    func `every form of the three integers is taken`(stream: [UInt8]) throws {
        #expect(try Self.payloads([stream]) == [[7]])
        #expect(try Self.payloads(stream.map { [$0] }) == [[7]])
    }

    @Test func `datagrams of other contexts are skipped and counted`() throws {
        var decoder = CapsuleDecoder()
        decoder.feed(ByteBuffer(bytes: Self.capsule(0, [1, 5]) + Self.capsule(0, [0x40, 0x40, 5])))
        #expect(try decoder.next() == nil)
        #expect(decoder.skippedDatagrams == 2)
        #expect(decoder.isBetweenCapsules)
    }

    @Test func `a datagram without room for its context is refused`() {
        for contents: [UInt8] in [[], [0x40], [0xC0, 0, 0]] {
            #expect(throws: CapsuleError.malformedDatagram) { try Self.payloads([Self.capsule(0, contents)]) }
        }
    }

    @Test(arguments: [UInt64(65_536), 1 << 20, 1 << 31, 1 << 61, VariableLengthInteger.largest])
    func `a datagram that is too long is refused by its length alone`(length: UInt64) {
        var stream = ByteBuffer(bytes: [0x00])
        VariableLengthInteger.write(length, to: &stream)
        #expect(throws: CapsuleError.datagramTooLong) { try Self.payloads([Array(buffer: stream)]) }
    }

    @Test func `a datagram one byte too long is refused when its context is known`() {
        let contents = [UInt8](repeating: 0, count: TunnelConstants.datagramBytes + 2)
        #expect(throws: CapsuleError.datagramTooLong) { try Self.payloads([Self.capsule(0, contents)]) }
    }

    @Test func `a capsule that nobody knows is skipped without being held, however long it says it is`() throws {
        var start = ByteBuffer(bytes: [0x21])
        VariableLengthInteger.write(VariableLengthInteger.largest, to: &start)
        var decoder = CapsuleDecoder()
        decoder.feed(start)
        #expect(try decoder.next() == nil)
        for _ in 0..<100 {
            decoder.feed(ByteBuffer(repeating: 0, count: 16_384))
            #expect(try decoder.next() == nil)
            #expect(decoder.pendingBytes == 0)
        }
        #expect(!decoder.isBetweenCapsules)
    }

    @Test func `a datagram that trickles in is all that is held`() throws {
        var decoder = CapsuleDecoder()
        decoder.feed(ByteBuffer(bytes: [0x00, 0x80, 0x00, 0xFF, 0xF8, 0x00]))
        for sent in 0..<65_000 {
            #expect(try decoder.next() == nil)
            #expect(decoder.pendingBytes <= sent + 6)
            decoder.feed(ByteBuffer(bytes: [0]))
        }
        #expect(!decoder.isBetweenCapsules)
    }

    @Test func `no bytes make the decoder trap`() {
        var generator = SeededGenerator(seed: 9297)
        for _ in 0..<5000 {
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                stream += Self.capsule(
                    .random(in: 0..<3, using: &generator),
                    (0..<Int.random(in: 0..<12, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
                )
            }
            stream += (0..<8).map { _ in .random(in: 0...255, using: &generator) }
            do { _ = try Self.payloads([stream]) } catch { #expect(error is CapsuleError) }
        }
    }
}
