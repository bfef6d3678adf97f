import NIOCore
import ProxyProtocol
import Testing

struct VersionOneTests {
    @Test func `the examples of the specification are read`() throws {
        #expect(
            try Samples.read("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n")
                == .proxied(Samples.connection(("255.255.255.255", 65535), ("255.255.255.255", 65535)))
        )
        #expect(try Samples.read("PROXY UNKNOWN\r\n") == .local)
        let long = "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
        #expect(try Samples.read(long) == .local)
    }

    @Test func `the longest line there can be is read`() throws {
        let address = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        let longest = "PROXY UNKNOWN \(address) \(address) 65535 65535\r\n"
        #expect(longest.utf8.count == ProxyHeader.longestV1)
        #expect(try Samples.read(longest) == .local)
    }

    @Test func `a line that is longer than that is refused as soon as it shows`() {
        let endless = "PROXY UNKNOWN " + String(repeating: "x", count: ProxyHeader.longestV1 - 14)
        #expect(throws: ProxyHeaderError.tooLong) { try Samples.read(endless) }
        #expect(throws: ProxyHeaderError.tooLong) { try Samples.read(endless + "\r\n") }
    }

    @Test(arguments: [
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 2\n", "PROXY TCP4 192.0.2.1 198.51.100.7 1 2 \r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.7 1 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.7 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 01 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.7 +1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 65536 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.7 -1 2\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.7 1 2\r\n", "PROXY TCP4 192.0.2 198.51.100.7 1 2\r\n",
        "PROXY TCP4 ::1 198.51.100.7 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP6 ::1 ::ffff:1.2.3.4 1 2\r\n", "PROXY TCP6 ::1%lo ::2 1 2\r\n", "PROXY TCP6 fe80::1%1 ::2 1 2\r\n",
        "PROXY TCP6 fe80::1%lo ::2 1 2\r\n", "PROXY TCP6 [::1] ::2 1 2\r\n",
        "PROXY TCP5 192.0.2.1 198.51.100.7 1 2\r\n", "PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY tcp4 192.0.2.1 198.51.100.7 1 2\r\n", "PROXY \r\n", "PROXY UNKNOWNX\r\n", "PROXY UNKNOWN\n",
        "PROXY UNKNOWN a\rb\r\n", "PROXY TCP4 192.0.2.1\0 198.51.100.7 1 2\r\n", "PROXY UNKNOWN \u{7F}\r\n",
        "PROXY TCP4\t192.0.2.1 198.51.100.7 1 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.7 1 2 3\r\n",
        "PROXY TCP4 192.0.02.1 198.51.100.7 1 2\r\n", "PROXY TCP4 localhost 198.51.100.7 1 2\r\n",
    ])
    func `a line that breaks the grammar is refused`(line: String) {
        #expect(throws: ProxyHeaderError.malformedLine) { try Samples.read(line) }
    }
}
