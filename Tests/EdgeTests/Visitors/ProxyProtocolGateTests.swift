import NIOCore
import NIOEmbedded
import Testing
import TunnelProtocol

@testable import Edge

struct ProxyProtocolGateTests {
    private static let line = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n"
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// A connection with the gate in front, and what the gate decided.
    private final class Connection {
        let channel = EmbeddedChannel()
        var outcomes: [ProxyProtocolGate.Outcome] = []

        init() throws {
            let gate = ProxyProtocolGate(deadline: .seconds(5)) { [unowned self] _, outcome in outcomes.append(outcome)
            }
            try channel.pipeline.syncOperations.addHandler(gate)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// A channel that was never closed stays for ever.
        deinit {
            do { _ = try channel.finish(acceptAlreadyClosed: true) } catch { return }
        }

        func send(_ bytes: some Sequence<UInt8>) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
        func passedOn() throws -> String? { try channel.readInbound(as: ByteBuffer.self).map { String(buffer: $0) } }
    }

    /// A header of version 2 with that command, family and transport, and two IPv4 addresses.
    private static func binary(command: UInt8 = 0x21, family: UInt8 = 0x11) -> [UInt8] {
        signature + [command, family, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0x01, 0xBB]
    }

    @Test(arguments: [Array(line.utf8), binary()])
    func `the header names the visitor, and what follows is passed on`(header: [UInt8]) throws {
        let connection = try Connection()
        try connection.send(header + Array("GET / HTTP/1.1\r\n".utf8))
        #expect(connection.outcomes == [.peer(IPAddress("192.0.2.7"))])
        #expect(try connection.passedOn() == "GET / HTTP/1.1\r\n")
        try connection.send("more".utf8)
        #expect(try connection.passedOn() == "more")
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(connection.channel.isActive)
        #expect(connection.outcomes.count == 1)
    }

    @Test(arguments: [Array(line.utf8), binary()])
    func `it may come byte by byte`(header: [UInt8]) throws {
        let connection = try Connection()
        for byte in header.dropLast() {
            try connection.send([byte])
            #expect(connection.outcomes.isEmpty)
        }
        try connection.send(header.suffix(1))
        #expect(connection.outcomes == [.peer(IPAddress("192.0.2.7"))])
        #expect(try connection.passedOn() == nil)
    }

    @Test(arguments: [Array("PROXY UNKNOWN\r\n".utf8), binary(command: 0x20)])
    func `a proxy may speak for itself`(header: [UInt8]) throws {
        let connection = try Connection()
        try connection.send(header)
        #expect(connection.outcomes == [.peer(nil)])
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n".utf8), Array("PROXY TCP4 999.0.2.7 198.51.100.1 4711 443\r\n".utf8),
        [0x16, 0x03, 0x01],
        binary(family: 0x12), binary(command: 0x22), [UInt8](repeating: 0x50, count: 4096),
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8),
    ])
    func `anything else ends the connection, and nothing of it is passed on`(bytes: [UInt8]) throws {
        let connection = try Connection()
        try connection.send(bytes + Array(Self.line.utf8))
        #expect(connection.outcomes == [.refused(.malformed)])
        #expect(!connection.channel.isActive)
        #expect(try connection.passedOn() == nil)
    }

    @Test(arguments: [0, 1, 20])
    func `a header that does not come in time ends the connection`(bytes: Int) throws {
        let connection = try Connection()
        if bytes > 0 { try connection.send(Self.line.utf8.prefix(bytes)) }
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(connection.channel.isActive)
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(connection.outcomes == [.refused(.late)])
        #expect(!connection.channel.isActive)
    }
}
