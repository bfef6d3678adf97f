import NIOCore
import ProxyProtocol
import Testing

struct ProxyHeaderTests {
    @Test(arguments: ProxyHeader.Version.allCases)
    func `what is written is read again, and nothing behind it is touched`(version: ProxyHeader.Version) throws {
        for header in try Samples.connections().map(ProxyHeader.proxied) + [.local] {
            var buffer = ByteBuffer()
            header.write(as: version, to: &buffer)
            buffer.writeString("GET /")
            #expect(try ProxyHeader.read(from: &buffer) == header)
            #expect(String(buffer: buffer) == "GET /")
        }
    }

    @Test(arguments: ProxyHeader.Version.allCases)
    func `a header that has not arrived whole is waited for, and nothing of it is consumed`(
        version: ProxyHeader.Version
    ) throws {
        for connection in try Samples.connections() {
            var whole = ByteBuffer()
            ProxyHeader.proxied(connection).write(as: version, to: &whole)
            for length in 0..<whole.readableBytes {
                var part = try #require(whole.getSlice(at: whole.readerIndex, length: length))
                #expect(try ProxyHeader.read(from: &part) == nil)
                #expect(part.readableBytes == length)
            }
        }
    }

    @Test func `datagrams are written in version 2, and are unknown to version 1`() throws {
        let header = ProxyHeader.proxied(
            try Samples.connection(("2001:db8::1", 5353), ("2001:db8::2", 53), .datagram)
        )
        var buffer = ByteBuffer()
        header.write(as: .v2, to: &buffer)
        #expect(try ProxyHeader.read(from: &buffer) == header)
        header.write(as: .v1, to: &buffer)
        #expect(String(buffer: buffer) == "PROXY UNKNOWN\r\n")
    }

    @Test func `an IPv4 address in IPv6 clothes is IPv4`() throws {
        let mapped = try Samples.connection(("::ffff:192.0.2.1", 4660), ("::ffff:198.51.100.7", 443))
        #expect(mapped == (try Samples.connection(("192.0.2.1", 4660), ("198.51.100.7", 443))))
        var buffer = ByteBuffer()
        ProxyHeader.proxied(mapped).write(as: .v1, to: &buffer)
        #expect(String(buffer: buffer) == "PROXY TCP4 192.0.2.1 198.51.100.7 4660 443\r\n")
    }

    @Test func `addresses of two families are no proxied connection`() throws {
        let four = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        let six = try SocketAddress(ipAddress: "2001:db8::1", port: 1)
        #expect(ProxiedConnection(from: four, to: six) == nil)
        #expect(ProxiedConnection(from: six, to: four) == nil)
        #expect(ProxiedConnection(from: four, to: try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    @Test(arguments: ["G", "\r\r", "PROXZ ", "PROXY\t", "\r\n\r\n\u{1}", "proxy TCP4", "\u{16}\u{3}", "\n"])
    func `bytes that cannot become a header are refused at once`(text: String) {
        #expect(throws: ProxyHeaderError.notAHeader) { try Samples.read(text) }
    }

    @Test func `whatever is damaged is refused, waited for, or read within its bounds`() throws {
        var generator = SystemRandomNumberGenerator()
        for connection in try Samples.connections() {
            for version in ProxyHeader.Version.allCases {
                var whole = ByteBuffer()
                ProxyHeader.proxied(connection).write(as: version, to: &whole)
                let bytes = Array(buffer: whole)
                for _ in 0..<500 {
                    var damaged = bytes
                    damaged[Int.random(in: damaged.indices, using: &generator)] = .random(in: 0...255)
                    var buffer = ByteBuffer(bytes: damaged)
                    do throws(ProxyHeaderError) {
                        let header = try ProxyHeader.read(from: &buffer)
                        #expect(header != nil || buffer.readableBytes == damaged.count)
                    } catch {
                        #expect(buffer.readableBytes == damaged.count)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("192.0.2.1", [UInt8]([192, 0, 2, 1])),
        ("::", [UInt8](repeating: 0, count: 16)),
        ("2001:db8::1", [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]),
        ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
        ("::ffff:192.0.2.1", [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1]),
        ("fe80::", [0xFE, 0x80] + [UInt8](repeating: 0, count: 14)),
    ])
    func `an address is packed as the network has it`(text: String, packed: [UInt8]) throws {
        #expect(try SocketAddress(ipAddress: text, port: 1).packedAddress == packed)
    }
}
