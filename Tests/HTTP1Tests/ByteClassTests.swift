import HTTP1
import HTTPFields
import NIOCore
import Testing

/// All 256 bytes, in each place where one may stand: parser and writer draw the same line, and it is the grammar's.
struct ByteClassTests {
    /// RFC 9110, 5.6.2, written down once more in its own order.
    private static let tokens = Set(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8
    )

    private func head(_ bytes: [UInt8]) -> HTTP1RequestHead? {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(bytes: bytes)
        do throws(HTTP1Error) {
            guard case .head(let head) = try parser.next(&buffer) else { return nil }
            return head
        } catch {
            return nil
        }
    }

    private func writes(_ write: (inout ByteBuffer) throws(HTTP1Error) -> Void) -> Bool {
        var buffer = ByteBuffer()
        do throws(HTTP1Error) {
            try write(&buffer)
            return true
        } catch {
            #expect(buffer.readableBytes == 0)
            return false
        }
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func `takes a token's bytes and no others in a field name`(byte: UInt8) {
        let name = Array("X".utf8) + [byte] + Array("Y".utf8)
        let read = head(Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + name + Array(": b\r\n\r\n".utf8))
        let isToken = Self.tokens.contains(byte)
        // A colon ends the name instead, which leaves another name and value.
        let isWhole = read.map { $0.fields.name(at: 1).elementsEqual(name) } ?? false
        #expect(isWhole == isToken)
        #expect((read != nil) == (isToken || byte == UInt8(ascii: ":")))
        let view = ByteBuffer(bytes: name).readableBytesView
        #expect(
            writes { buffer throws(HTTP1Error) in try HTTP1Writer.field(view, view.prefix(1), into: &buffer) }
                == isToken
        )
        var section = FieldSection()
        section.append(name: view, value: view.prefix(1))
        #expect(writes { buffer throws(HTTP1Error) in try HTTP1Writer.fields(of: section, into: &buffer) } == isToken)
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func `takes no control byte but a tab in a field value`(byte: UInt8) {
        let value = Array("x".utf8) + [byte] + Array("y".utf8)
        let read = head(Array("GET / HTTP/1.1\r\nHost: a\r\nA: ".utf8) + value + Array("\r\n\r\n".utf8))
        let mayStand = byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
        #expect((read != nil) == mayStand)
        if let read { #expect(read.fields.value(at: 1).elementsEqual(value)) }
        let view = ByteBuffer(bytes: value).readableBytesView
        #expect(writes { buffer throws(HTTP1Error) in try HTTP1Writer.field("a", view, into: &buffer) } == mayStand)
        var section = FieldSection()
        section.append("a", view)
        #expect(writes { buffer throws(HTTP1Error) in try HTTP1Writer.fields(of: section, into: &buffer) } == mayStand)
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func `takes visible ASCII without the number sign in a target`(byte: UInt8) {
        let target = Array("/x".utf8) + [byte] + Array("y".utf8)
        let read = head(Array("GET ".utf8) + target + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        let mayStand = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
        #expect((read != nil) == mayStand)
        if let read { #expect(read.target.elementsEqual(target)) }
        let get = ByteBuffer(string: "GET").readableBytesView
        let view = ByteBuffer(bytes: target).readableBytesView
        #expect(
            writes { buffer throws(HTTP1Error) in try HTTP1Writer.requestLine(get, view, into: &buffer) } == mayStand
        )
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func `takes a token's bytes and no others in a method`(byte: UInt8) {
        let method = Array("G".utf8) + [byte] + Array("T".utf8)
        let read = head(method + Array(" / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect((read != nil) == Self.tokens.contains(byte))
        let root = ByteBuffer(string: "/").readableBytesView
        let view = ByteBuffer(bytes: method).readableBytesView
        let isWritten = writes { buffer throws(HTTP1Error) in try HTTP1Writer.requestLine(view, root, into: &buffer) }
        #expect(isWritten == Self.tokens.contains(byte))
    }

    @Test(arguments: UInt8.min...UInt8.max)
    func `takes hexadecimal digits and no other byte as a chunk's size`(byte: UInt8) {
        let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let transcript = Transcript.requests([Array(start.utf8) + [byte] + Array("\r\n".utf8)])
        #expect((transcript.error == nil) == Set("0123456789abcdefABCDEF".utf8).contains(byte))
    }
}
