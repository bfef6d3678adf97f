@testable import Agent
import NIOCore
import Testing

struct ConnectNegotiationTests {
    private func begun(password: Bool = false, edge: String = "edge.example:8443") throws -> (
        ConnectNegotiation, String
    ) {
        let credentials = password ? try ProxyCredentials(line: "user:pass") : nil
        var negotiation = ConnectNegotiation(edge: try #require(EdgeAddress(edge)), credentials: credentials)
        let request = String(buffer: try negotiation.begin())
        return (negotiation, request)
    }

    /// What comes of an answer that arrives in pieces of so many bytes, and what is left of it.
    private func answer(
        _ text: String,
        pieces size: Int = .max,
        password: Bool = false
    ) throws -> (step: Result<ProxyStep, ProxyRefusal>, rest: String) {
        var negotiation = try begun(password: password).0
        var input = ByteBuffer(string: text)
        var buffer = ByteBuffer()
        var step = ProxyStep.needsMore
        while step == .needsMore, var piece = input.readSlice(length: min(size, input.readableBytes)),
            piece.readableBytes > 0
        {
            buffer.writeBuffer(&piece)
            do throws(ProxyRefusal) { step = try negotiation.received(&buffer) } catch { return (.failure(error), "") }
        }
        return (.success(step), String(buffer: buffer))
    }

    @Test func `asks for the edge by its name`() throws {
        #expect(try begun().1 == "CONNECT edge.example:8443 HTTP/1.1\r\nHost: edge.example:8443\r\n\r\n")
        #expect(try begun(edge: "[::1]:9").1.hasPrefix("CONNECT [::1]:9 HTTP/1.1\r\nHost: [::1]:9\r\n"))
        #expect(try begun(password: true).1.hasSuffix("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"))
    }

    @Test(arguments: [1, 2, 7, .max])
    func `loses no byte behind the proxy's last word`(size: Int) throws {
        for head in [
            "HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ] {
            let whole = try answer(head + "\u{16}edge", pieces: size == .max ? .max : head.utf8.count)
            #expect(whole.step == .success(.open))
            #expect(whole.rest == (size == .max ? "\u{16}edge" : ""))
            #expect(try answer(head, pieces: size).step == .success(.open))
        }
    }

    @Test(
        arguments: [
            (407, false, .proxyNeedsPassword), (407, true, .proxyRefusesPassword), (403, false, .proxyForbids),
            (502, false, .proxyCannotReach), (503, false, .proxyCannotReach), (504, false, .proxyCannotReach),
            (400, false, .proxyRefused), (302, false, .proxyRefused), (500, true, .proxyRefused),
        ] as [(Int, Bool, DialFailure.Code)]
    )
    func `each refusal has a name`(status: Int, password: Bool, code: DialFailure.Code) throws {
        let step = try answer("HTTP/1.1 \(status) x\r\nContent-Length: 9\r\n\r\n<html>", password: password).step
        guard case .failure(let refusal) = step else { return #expect(Bool(false), "\(step)") }
        #expect(refusal.code == code)
    }

    @Test(
        arguments: [
            "SSH-2.0-OpenSSH\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", "\u{5}\0\r\n",
            "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n", "HTTP/1.1 200 \(String(repeating: "x", count: 1100))",
            "HTTP/1.1 200 OK\r\n\(String(repeating: "a: b\r\n", count: 101))\r\n",
            "HTTP/1.1 200 OK\r\na: \(String(repeating: "x", count: 17_000))",
            String(repeating: "HTTP/1.1 103 x\r\n\r\n", count: 5),
        ]
    )
    func `what is no answer of a proxy is refused`(text: String) throws {
        for size in [1, 16, .max] {
            #expect(try answer(text, pieces: size).step == .failure(ProxyRefusal(.proxyBroken, "no valid HTTP")))
        }
    }

    @Test func `half an answer is none`() throws {
        let text = "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n"
        for length in 1..<text.utf8.count {
            let half = String(decoding: text.utf8.prefix(length), as: UTF8.self)
            #expect(try answer(half, pieces: 3).step == .success(.needsMore))
        }
    }
}
