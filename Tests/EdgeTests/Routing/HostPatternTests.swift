import Testing

@testable import Edge

struct HostPatternTests {
    @Test(
        arguments: [
            ("app.example.com", "app.example.com"), ("App.Example.COM.", "app.example.com"),
            ("app.example.com:443", "app.example.com"), ("*.apps.example.com", "*.apps.example.com"),
            ("*.Apps.Example.com.", "*.apps.example.com"), ("*.localhost", "*.localhost"),
            ("*.xn--bcher-kva.example", "*.xn--bcher-kva.example"),
        ]
    )
    func `reads names and wildcards in one form`(written: String, text: String) {
        #expect(HostPattern(written)?.description == text)
    }

    @Test(
        arguments: [
            "", "*", "*.", "*..", "**.example", "*.*.example", "a.*.example", "a*.example", "*a.example", "*example",
            "bücher.example", "*.bücher.example", "127.0.0.1", "*.0.0.1", "*.1", "[::1]", "a/b", "*.a b", " *.a",
        ]
    )
    func `refuses what is neither`(written: String) {
        #expect(HostPattern(written) == nil)
    }
}
