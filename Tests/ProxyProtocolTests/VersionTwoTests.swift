import NIOCore
import Testing

@testable import ProxyProtocol

struct VersionTwoTests {
    private let expected: ProxyHeader

    init() throws {
        expected = .proxied(try Samples.connection(("192.0.2.1", 4660), ("198.51.100.7", 443)))
    }

    @Test func `a header is written byte for byte as the specification has it`() {
        var buffer = ByteBuffer()
        expected.write(as: .v2, to: &buffer)
        #expect(Array(buffer: buffer) == Samples.version2(0x21, 0x11, Samples.addresses4))
    }

    @Test func `extensions are stepped over, known or not`() throws {
        let extensions: [UInt8] = [0x04, 0, 3, 0, 0, 0, 0xEE, 0, 0, 0x02, 0, 1, 0x61]
        #expect(try Samples.read(Samples.version2(0x21, 0x11, Samples.addresses4 + extensions)) == expected)
    }

    @Test func `an extension that reaches beyond the header is refused`() {
        for extensions: [UInt8] in [[0x04], [0x04, 0], [0x04, 0, 1], [0x04, 0, 2, 0], [0x04, 0xFF, 0xFF, 0]] {
            #expect(throws: ProxyHeaderError.malformedBlock) {
                try Samples.read(Samples.version2(0x21, 0x11, Samples.addresses4 + extensions))
            }
        }
    }

    /// A header with a checksum in front of another extension.
    private func checked(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = Samples.version2(0x21, 0x11, Samples.addresses4 + [0x03, 0, 4, 0, 0, 0, 0, 0x04, 0, 1, 0x7A])
        let sum = CRC32C.checksum(bytes)
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            bytes[31 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(shift))
        }
        change(&bytes)
        return bytes
    }

    @Test func `a right checksum is taken, and a wrong one is not`() throws {
        #expect(try Samples.read(checked { _ in }) == expected)
        for index in [16, 25, 31, 34, 38] {
            #expect(throws: ProxyHeaderError.wrongChecksum) { try Samples.read(checked { $0[index] ^= 1 }) }
        }
    }

    @Test func `a checksum of another length, or two of them, are refused`() {
        let short: [UInt8] = [0x03, 0, 3, 0, 0, 0]
        let twice: [UInt8] = [0x03, 0, 4, 0, 0, 0, 0, 0x03, 0, 4, 0, 0, 0, 0]
        for extensions in [short, twice] {
            #expect(throws: ProxyHeaderError.malformedBlock) {
                try Samples.read(Samples.version2(0x21, 0x11, Samples.addresses4 + extensions))
            }
        }
    }

    @Test func `the checksum is that of Castagnoli`() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test func `a header of the proxy's own is local, whatever it carries`() throws {
        #expect(try Samples.read(Samples.version2(0x20, 0x00, [])) == .local)
        #expect(try Samples.read(Samples.version2(0x20, 0x11, Samples.addresses4)) == .local)
        #expect(try Samples.read(Samples.version2(0x20, 0xFF, [1, 2, 3])) == .local)
        #expect(try Samples.read(Samples.version2(0x21, 0x00, [])) == .local)
    }

    @Test(arguments: [UInt8]([0x00, 0x01, 0x11, 0x22, 0x2F, 0x31, 0xFF]))
    func `another version or command is refused`(command: UInt8) {
        #expect(throws: ProxyHeaderError.unknownCommand) {
            try Samples.read(Samples.version2(command, 0x11, Samples.addresses4))
        }
    }

    @Test(arguments: [UInt8]([0x01, 0x10, 0x13, 0x20, 0x31, 0x32, 0x41, 0xFF]))
    func `another family is refused`(family: UInt8) {
        #expect(throws: ProxyHeaderError.unsupportedFamily) {
            try Samples.read(Samples.version2(0x21, family, [UInt8](repeating: 0, count: 216)))
        }
    }

    @Test(arguments: [(UInt8(0x11), 11), (0x12, 0), (0x21, 35), (0x22, 12)])
    func `addresses that do not fit into the header are refused`(family: UInt8, length: Int) {
        #expect(throws: ProxyHeaderError.malformedBlock) {
            try Samples.read(Samples.version2(0x21, family, [UInt8](repeating: 0, count: length)))
        }
    }

    @Test func `a header of the longest size is read, and a longer one is refused before it arrives`() throws {
        let rest = ProxyHeader.longestV2 - 16 - 12 - 3
        let padding: [UInt8] = [0x04, UInt8(rest >> 8), UInt8(rest & 0xFF)] + [UInt8](repeating: 0, count: rest)
        let longest = Samples.version2(0x21, 0x11, Samples.addresses4 + padding)
        #expect(longest.count == ProxyHeader.longestV2)
        #expect(try Samples.read(longest) == expected)
        let length = ProxyHeader.longestV2 - 15
        let longer = Samples.signature + [0x21, 0x11, UInt8(length >> 8), UInt8(length & 0xFF)]
        #expect(throws: ProxyHeaderError.tooLong) { try Samples.read(longer) }
    }
}
