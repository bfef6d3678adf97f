import Testing
import TunnelTLS

struct KeyExchangeTests {
    @Test(
        arguments: [
            (0x11EC, "X25519MLKEM768"), (0x001D, "X25519"), (0x0017, "P-256"), (0x0018, "P-384"),
            (0x6399, "group 25497"),
        ] as [(UInt16, String)]
    )
    func `has the name that people know`(group: UInt16, name: String) {
        #expect(KeyExchange(group: group).description == name)
    }

    @Test func `only the hybrid group is safe against a quantum computer`() {
        #expect(KeyExchange.x25519MLKEM768.isPostQuantum)
        #expect(![0x001D, 0x0017, 0x0018, 0x6399].contains { KeyExchange(group: $0).isPostQuantum })
    }
}
