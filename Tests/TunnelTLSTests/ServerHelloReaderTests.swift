import NIOCore
import Testing

@testable import TunnelTLS

struct ServerHelloReaderTests {
    private func outcome(_ pieces: [UInt8]...) -> ServerHelloReader.Outcome {
        var reader = ServerHelloReader()
        var last = ServerHelloReader.Outcome.needsMore
        for piece in pieces where last == .needsMore { last = reader.read(ByteBuffer(bytes: piece)) }
        return last
    }

    @Test(
        arguments: [(RecordedHello.published, 0x001D), (RecordedHello.hybrid, 0x11EC), (RecordedHello.retry, 0x0017)]
            as [([UInt8], UInt16)]
    )
    func `finds the group wherever the record is split`(record: [UInt8], group: UInt16) {
        #expect(outcome(record) == .found(group))
        for split in 1..<record.count {
            #expect(outcome(Array(record[..<split])) == .needsMore)
            #expect(outcome(Array(record[..<split]), Array(record[split...])) == .found(group))
        }
    }

    @Test func `finds the group byte by byte`() {
        var reader = ServerHelloReader()
        for byte in RecordedHello.hybrid.dropLast() { #expect(reader.read(ByteBuffer(bytes: [byte])) == .needsMore) }
        #expect(reader.read(ByteBuffer(bytes: RecordedHello.hybrid.suffix(1))) == .found(0x11EC))
    }

    @Test func `ignores what follows the ServerHello`() {
        #expect(outcome(RecordedHello.published + [20, 3, 3, 0, 1, 1, 23, 3, 3, 0xFF]) == .found(0x001D))
        #expect(outcome(RecordedHello.published + [UInt8](repeating: 0, count: 100_000)) == .found(0x001D))
    }

    @Test func `finds the share behind other extensions and any session identifier`() {
        let share = RecordedHello.keyShare(group: 0x0018, bytes: 97)
        for session in [0, 1, 32, 255] {
            let hello = RecordedHello(session: session, extensions: [RecordedHello.version, (65_281, []), share])
            #expect(outcome(hello.record) == .found(0x0018))
        }
    }

    @Test func `a ServerHello without a share has none`() {
        #expect(outcome(RecordedHello(extensions: [RecordedHello.version]).record) == .absent)
        #expect(outcome(RecordedHello(extensions: []).record) == .absent)
        #expect(outcome(RecordedHello(extensions: [(51, [])]).record) == .absent)
        #expect(outcome(RecordedHello(extensions: [(51, [0x00])]).record) == .absent)
    }

    @Test(arguments: [20, 21, 23, 0, 0x48, 0xFF] as [UInt8])
    func `a record of another type is none`(type: UInt8) {
        #expect(outcome([type] + RecordedHello.published.dropFirst()) == .absent)
    }

    @Test(arguments: [1, 0, 3, 8, 11] as [UInt8])
    func `another handshake message is none`(type: UInt8) {
        var record = RecordedHello.published
        record[5] = type
        #expect(outcome(record) == .absent)
    }

    @Test func `text is none`() {
        #expect(outcome(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) == .absent)
        #expect(outcome([UInt8](repeating: 0xFF, count: 5)) == .absent)
    }

    @Test func `a record that ends inside its ServerHello is none`() {
        for length in 0..<(RecordedHello.published.count - 5) {
            var record = Array(RecordedHello.published[..<(5 + length)])
            record[4] = UInt8(length)
            #expect(outcome(record) == .absent)
        }
    }

    @Test func `lengths that lie are none`() {
        for index in [43, 47, 48, 51, 52] {
            var record = RecordedHello.published
            record[index] = 0xFF
            #expect(outcome(record) == .absent)
        }
    }

    @Test func `a record at the limit is read and a longer one is not waited for`() {
        let limit = ServerHelloReader.limit
        let overhead = RecordedHello(extensions: [(21, [])]).record.count - 5
        let share = RecordedHello.keyShare(group: 0x001D, bytes: 32)
        let padding = limit - overhead - share.1.count - 4
        let atLimit = RecordedHello(extensions: [(21, [UInt8](repeating: 0, count: padding)), share]).record
        #expect(atLimit.count == limit + 5)
        #expect(outcome(Array(atLimit.prefix(100)), Array(atLimit.dropFirst(100))) == .found(0x001D))
        #expect(outcome([22, 3, 3, UInt8((limit + 1) >> 8), UInt8((limit + 1) & 0xFF)]) == .absent)
        #expect(outcome([22, 3, 3, 0xFF, 0xFF]) == .absent)
    }
}
