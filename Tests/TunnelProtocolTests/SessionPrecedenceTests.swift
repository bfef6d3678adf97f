import Testing
import TunnelProtocol

struct SessionPrecedenceTests {
    private func session(_ instance: Character, epoch: UInt64, slot: Int) -> SessionID {
        SessionID(Hello(agent: "a", instance: String(repeating: instance, count: 16), epoch: epoch, slot: slot))
    }

    /// The decision of an edge that has met instances in that order.
    private func decision(
        _ newcomer: SessionID?,
        over present: SessionID?,
        met instances: [Character] = ["a"]
    ) -> SessionPrecedence {
        var order = InstanceOrder()
        for instance in instances { order.met(String(repeating: instance, count: 16)) }
        return SessionPrecedence.of(newcomer, over: present, in: order)
    }

    @Test func `a newer dial of the same process and slot replaces the older`() {
        let verdict = decision(session("a", epoch: 2, slot: 0), over: session("a", epoch: 1, slot: 0))
        #expect(verdict == .replaces)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `an older or equal dial of the same process and slot yields`(epoch: UInt64) {
        let verdict = decision(session("a", epoch: epoch, slot: 0), over: session("a", epoch: 2, slot: 0))
        #expect(verdict == .yields)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `two slots of one process stay side by side`(epoch: UInt64) {
        let verdict = decision(session("a", epoch: epoch, slot: 1), over: session("a", epoch: 2, slot: 0))
        #expect(verdict == .coexists)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [0, 1])
    func `another process replaces whatever is up`(epoch: UInt64, slot: Int) {
        #expect(decision(session("b", epoch: epoch, slot: slot), over: session("a", epoch: 2, slot: 0)) == .replaces)
        let again = decision(
            session("b", epoch: epoch, slot: slot),
            over: session("a", epoch: 2, slot: 0),
            met: ["a", "b"]
        )
        #expect(again == .replaces)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [0, 1])
    func `a process that was met before the present one yields`(epoch: UInt64, slot: Int) {
        let late = decision(
            session("a", epoch: epoch, slot: slot),
            over: session("b", epoch: 2, slot: 0),
            met: ["a", "b"]
        )
        #expect(late == .yields)
    }

    @Test func `without a control stream the later arrival wins`() {
        let known = session("a", epoch: 1, slot: 0)
        #expect(decision(nil, over: known) == .replaces)
        #expect(decision(known, over: nil) == .replaces)
        #expect(decision(nil, over: nil) == .replaces)
    }
}
