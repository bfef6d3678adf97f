@testable import Agent
import NIOCore
import Testing

struct SOCKS5NegotiationTests {
    /// Feeds answers one after the other, each in pieces of so many bytes.
    private struct Conversation {
        var negotiation: SOCKS5Negotiation
        var sent: [[UInt8]]
        var buffer = ByteBuffer()

        init(_ edge: String = "edge.example:8443", password: Bool = false) throws {
            let credentials = password ? try ProxyCredentials(line: "user:pass") : nil
            negotiation = SOCKS5Negotiation(edge: try #require(EdgeAddress(edge)), credentials: credentials)
            sent = [Array(try negotiation.begin().readableBytesView)]
        }

        mutating func hear(_ bytes: [UInt8], pieces size: Int = .max) throws(ProxyRefusal) -> ProxyStep {
            var step = ProxyStep.needsMore
            var rest = bytes[...]
            while !rest.isEmpty {
                buffer.writeBytes(rest.prefix(size))
                rest = rest.dropFirst(size)
                step = try negotiation.received(&buffer)
                if case .send(let message) = step { sent.append(Array(message.readableBytesView)) }
            }
            return step
        }
    }

    private static let accepted: [UInt8] = [5, 0, 0, 1, 192, 0, 2, 1, 0x12, 0x34]

    @Test(arguments: [1, 2, 3, .max])
    func `connects to a name without a password`(size: Int) throws {
        var talk = try Conversation()
        #expect(talk.sent == [[5, 1, 0]])
        _ = try talk.hear([5, 0], pieces: size)
        #expect(talk.sent.last == [5, 1, 0, 3, 12] + Array("edge.example".utf8) + [0x20, 0xFB])
        #expect(try talk.hear(Self.accepted, pieces: size) == .open)
        #expect(talk.buffer.readableBytes == 0)
    }

    @Test(arguments: [1, 2, 3, .max])
    func `says who it is when it is asked`(size: Int) throws {
        var talk = try Conversation(password: true)
        #expect(talk.sent == [[5, 2, 0, 2]])
        _ = try talk.hear([5, 2], pieces: size)
        #expect(talk.sent.last == [1, 4] + Array("user".utf8) + [4] + Array("pass".utf8))
        _ = try talk.hear([1, 0], pieces: size)
        #expect(try talk.hear(Self.accepted, pieces: size) == .open)
    }

    @Test func `does not say who it is unless it is asked`() throws {
        var talk = try Conversation(password: true)
        _ = try talk.hear([5, 0])
        #expect(talk.sent.last?.prefix(3) == [5, 1, 0])
    }

    @Test func `connects to addresses as such`() throws {
        var four = try Conversation("192.0.2.7:443")
        _ = try four.hear([5, 0])
        #expect(four.sent.last == [5, 1, 0, 1, 192, 0, 2, 7, 1, 0xBB])
        var six = try Conversation("[2001:db8::1]:443")
        _ = try six.hear([5, 0])
        #expect(
            six.sent.last == [5, 1, 0, 4, 0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1, 1, 0xBB]
        )
    }

    @Test(
        arguments: [
            accepted, [5, 0, 0, 4] + [UInt8](repeating: 1, count: 18), [5, 0, 0, 3, 3, 1, 2, 3, 0, 0],
            [5, 0, 0, 3, 0, 0, 0],
        ]
    )
    func `passes over the proxy's own address and nothing more`(answer: [UInt8]) throws {
        for length in 1..<answer.count {
            var cut = try Conversation()
            _ = try cut.hear([5, 0])
            #expect(try cut.hear(Array(answer.prefix(length))) == .needsMore)
        }
        var talk = try Conversation()
        _ = try talk.hear([5, 0])
        #expect(try talk.hear(answer + [0x16, 3, 1]) == .open)
        #expect(Array(talk.buffer.readableBytesView) == [0x16, 3, 1])
    }

    @Test(
        arguments: [
            (1, .proxyCannotReach), (2, .proxyForbids), (3, .proxyCannotReach), (4, .proxyCannotReach),
            (5, .proxyCannotReach), (6, .proxyCannotReach), (7, .proxyRefused), (8, .proxyRefused),
            (255, .proxyRefused),
        ] as [(UInt8, DialFailure.Code)]
    )
    func `each refusal has a name`(reply: UInt8, code: DialFailure.Code) throws {
        var talk = try Conversation()
        _ = try talk.hear([5, 0])
        let refusal = try #require(throws: ProxyRefusal.self) { try talk.hear([5, reply]) }
        #expect(refusal.code == code)
    }

    @Test func `a proxy that wants a password says so`() throws {
        var without = try Conversation()
        #expect(throws: ProxyRefusal(.proxyNeedsPassword)) { try without.hear([5, 0xFF]) }
        var wrong = try Conversation(password: true)
        _ = try wrong.hear([5, 2])
        #expect(throws: ProxyRefusal(.proxyRefusesPassword)) { try wrong.hear([1, 1]) }
        var other = try Conversation(password: true)
        let refusal = try #require(throws: ProxyRefusal.self) { try other.hear([5, 0xFF]) }
        #expect(refusal.code == .proxyRefused)
    }

    @Test(arguments: [[4, 0], [72], [5, 1], [5, 2], [0], [255, 255]] as [[UInt8]])
    func `what is no greeting of a proxy is refused`(answer: [UInt8]) throws {
        var talk = try Conversation()
        let refusal = try #require(throws: ProxyRefusal.self) { try talk.hear(answer) }
        #expect(refusal.code == .proxyBroken)
    }

    @Test(arguments: [[4], [5, 0, 0, 2], [5, 0, 0, 0]] as [[UInt8]])
    func `what is no answer of a proxy is refused`(answer: [UInt8]) throws {
        var talk = try Conversation()
        _ = try talk.hear([5, 0])
        let refusal = try #require(throws: ProxyRefusal.self) { try talk.hear(answer) }
        #expect(refusal.code == .proxyBroken)
    }

    @Test func `a name that SOCKS5 cannot say is refused before anything is sent`() throws {
        let name = String(repeating: "x", count: 256)
        var negotiation = SOCKS5Negotiation(edge: try #require(EdgeAddress(name)), credentials: nil)
        #expect(throws: ProxyRefusal.self) { try negotiation.begin() }
    }

    @Test func `random answers end in a refusal or in the open, however they are cut`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            for (index, likely) in [5, 0, 5, 0, 0].enumerated() where index < bytes.count && Bool.random() {
                bytes[index] = UInt8(likely)
            }
            #expect(try outcome(of: bytes, pieces: 1) == outcome(of: bytes, pieces: .max))
        }
    }

    private func outcome(of bytes: [UInt8], pieces size: Int) throws -> String {
        var negotiation = SOCKS5Negotiation(edge: try #require(EdgeAddress("edge:1")), credentials: nil)
        _ = try negotiation.begin()
        var buffer = ByteBuffer()
        for start in stride(from: 0, to: bytes.count, by: min(size, bytes.count)) {
            buffer.writeBytes(bytes[start..<min(start + min(size, bytes.count), bytes.count)])
            do throws(ProxyRefusal) {
                while case .send = try negotiation.received(&buffer) {}
            } catch {
                return "\(error.code)"
            }
        }
        return try negotiation.received(&buffer) == .open ? "open" : "needs more"
    }
}
