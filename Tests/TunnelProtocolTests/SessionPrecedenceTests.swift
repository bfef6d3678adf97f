import Testing
import TunnelProtocol

struct SessionPrecedenceTests {
    private func session(_ instance: Character, epoch: UInt64, slot: Int) -> SessionID {
        SessionID(Hello(agent: "a", instance: String(repeating: instance, count: 16), epoch: epoch, slot: slot))
    }

    @Test func `a newer dial of the same process and slot replaces the older`() {
        let decision = SessionPrecedence.of(session("a", epoch: 2, slot: 0), over: session("a", epoch: 1, slot: 0))
        #expect(decision == .replaces)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `an older or equal dial of the same process and slot yields`(epoch: UInt64) {
        let decision = SessionPrecedence.of(session("a", epoch: epoch, slot: 0), over: session("a", epoch: 2, slot: 0))
        #expect(decision == .yields)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `two slots of one process stay side by side`(epoch: UInt64) {
        let decision = SessionPrecedence.of(session("a", epoch: epoch, slot: 1), over: session("a", epoch: 2, slot: 0))
        #expect(decision == .coexists)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [0, 1])
    func `another process replaces whatever is up`(epoch: UInt64, slot: Int) {
        let decision = SessionPrecedence.of(
            session("b", epoch: epoch, slot: slot),
            over: session("a", epoch: 2, slot: 0)
        )
        #expect(decision == .replaces)
    }

    @Test func `without a control stream the later arrival wins`() {
        let known = session("a", epoch: 1, slot: 0)
        #expect(SessionPrecedence.of(nil, over: known) == .replaces)
        #expect(SessionPrecedence.of(known, over: nil) == .replaces)
        #expect(SessionPrecedence.of(nil, over: nil) == .replaces)
    }
}
