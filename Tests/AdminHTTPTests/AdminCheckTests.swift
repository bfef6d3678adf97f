import NIOCore
import Testing

@testable import AdminHTTP

struct AdminCheckTests {
    private func request(host: String?, origin: String? = nil) -> AdminRequest {
        AdminRequest(method: "GET", path: "/", query: "", host: host, origin: origin, body: ByteBuffer())
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:90", "[::1]:90", "[::1]", "localhost", "LOCALHOST:90", "10.1.2.3:90"])
    func `an IP literal or localhost may ask`(host: String) {
        #expect(AdminChecks.literalHost(request(host: host)) == nil)
        #expect(AdminChecks.literalHost(request(host: host, origin: "http://\(host)")) == nil)
    }

    @Test(arguments: [
        nil, "", "rebound.example", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.1:x", "[::1", "[::1]x",
        "a:b:c",
    ])
    func `a name that DNS decides about may not`(host: String?) {
        #expect(AdminChecks.literalHost(request(host: host))?.status == 421)
    }

    @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1:90", "http://127.0.0.1:91"])
    func `the page of another site may not`(origin: String) {
        #expect(AdminChecks.literalHost(request(host: "127.0.0.1:90", origin: origin))?.status == 403)
    }
}
