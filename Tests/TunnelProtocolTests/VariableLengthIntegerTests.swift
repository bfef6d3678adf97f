import NIOCore
import Testing

@testable import TunnelProtocol

struct VariableLengthIntegerTests {
    /// The examples of RFC 9000, A.1, the last of which is not of the shortest form.
    @Test(
        arguments: [
            ([0xC2, 0x19, 0x7C, 0x5E, 0xFF, 0x14, 0xE8, 0x8C], 151_288_809_941_952_652),
            ([0x9D, 0x7F, 0x3E, 0x7D], 494_878_333), ([0x7B, 0xBD], 15_293), ([0x25], 37), ([0x40, 0x25], 37),
        ] as [([UInt8], UInt64)]
    )
    func `the examples of the RFC are read`(bytes: [UInt8], value: UInt64) {
        var buffer = ByteBuffer(bytes: bytes)
        #expect(VariableLengthInteger.read(from: &buffer) == value)
        #expect(buffer.readableBytes == 0)
        for length in 0..<bytes.count {
            var part = ByteBuffer(bytes: bytes.prefix(length))
            #expect(VariableLengthInteger.read(from: &part) == nil)
            #expect(part.readableBytes == length)
        }
    }

    @Test(arguments: [UInt64]([0, 63, 64, 16_383, 16_384, 1 << 30 - 1, 1 << 30, VariableLengthInteger.largest]))
    func `what is written is read again, in the shortest form`(value: UInt64) {
        var buffer = ByteBuffer()
        VariableLengthInteger.write(value, to: &buffer)
        let length = value < 64 ? 1 : value < 16_384 ? 2 : value < 1 << 30 ? 4 : 8
        #expect(buffer.readableBytes == length)
        #expect(VariableLengthInteger.read(from: &buffer) == value)
    }
}
