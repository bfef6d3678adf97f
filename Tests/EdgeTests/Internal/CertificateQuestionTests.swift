import NIOCore
import Testing
import TunnelProtocol

@testable import AdminHTTP
@testable import Edge

struct CertificateQuestionTests {
    private func name(_ query: String) -> String? {
        let request = AdminRequest(
            method: "GET",
            path: "/internal/caddy/ask",
            query: query,
            host: "127.0.0.1:8082",
            origin: nil,
            body: ByteBuffer()
        )
        return CertificateQuestion.name(in: request)?.text
    }

    @Test(arguments: [
        "domain=app.t.example", "domain=APP.T.Example", "domain=app%2Et.example", "domain=xn--bcher-kva.example",
    ])
    func `one host name is read and folded`(query: String) {
        #expect(name(query)?.hasSuffix(".example") == true)
        #expect(name(query) == name(query)?.lowercased())
    }

    @Test(arguments: [
        "", "domain", "domain=", "name=app.t.example", "domain=a.example&domain=b.example", "domain=127.0.0.1",
        "domain=::1", "domain=[::1]", "domain=2130706433", "domain=0x7f.1", "domain=*.t.example", "domain=a..example",
        "domain=app.t.example.", "domain=app.t.example:443", "domain=-a.example", "domain=a_b.example",
        "domain=a.example%00", "domain=a.example%0d%0ax:y", "domain=b%C3%BCcher.example", "domain=a/b", "domain=%zz",
        "domain= a.example", "domain=+a.example",
    ])
    func `whatever is not exactly one host name is none`(query: String) {
        #expect(name(query) == nil)
    }

    @Test func `a name of 253 bytes is one, a longer one is not`() {
        let label = String(repeating: "a", count: 63)
        let longest = "\(label).\(label).\(label).\(String(repeating: "b", count: 61))"
        #expect(name("domain=\(longest)") == longest)
        #expect(name("domain=\(longest)b") == nil)
        #expect(name("domain=" + String(repeating: "a", count: 100_000)) == nil)
    }
}
