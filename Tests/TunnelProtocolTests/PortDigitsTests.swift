import Testing
import TunnelProtocol

struct PortDigitsTests {
    @Test(arguments: [("0", 0), ("80", 80), ("00443", 443), ("65535", 65_535)] as [(String, UInt16)])
    func `reads digits`(text: String, port: UInt16) {
        #expect(UInt16(portDigits: text) == port)
    }

    @Test(arguments: ["", "+80", "-0", "-1", " 80", "80 ", "8_0", "0x50", "65536", "99999999999999999999", "８０"])
    func `refuses everything else`(text: String) {
        #expect(UInt16(portDigits: text) == nil)
    }
}
