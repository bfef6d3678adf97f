@testable import Agent
import Testing

struct NetworkChangeTests {
    private func reading(whole: Double, awake: Double) -> SleepJudge.Reading {
        SleepJudge.Reading(whole: .seconds(whole), awake: .seconds(awake))
    }

    @Test func `clocks that go on together mean no sleep`() {
        var judge = SleepJudge()
        for second in 0..<100 {
            let jitter = second.isMultiple(of: 2) ? 0.4 : 0
            #expect(judge.read(reading(whole: Double(second) + jitter, awake: Double(second))) == nil)
        }
    }

    @Test func `a clock that went on alone means sleep, once`() {
        var judge = SleepJudge()
        #expect(judge.read(reading(whole: 10, awake: 10)) == nil)
        #expect(judge.read(reading(whole: 14, awake: 11)) == .seconds(4))
        #expect(judge.read(reading(whole: 15, awake: 12)) == nil)
        #expect(judge.read(reading(whole: 17.9, awake: 13)) == nil)
    }

    @Test func `a reading that comes far too late means that the process stood still`() {
        var judge = SleepJudge()
        #expect(judge.read(reading(whole: 0, awake: 0)) == nil)
        #expect(judge.read(reading(whole: 9, awake: 9)) == nil)
        #expect(judge.read(reading(whole: 19, awake: 19)) == .seconds(10))
    }

    @Test func `only what differs from the last look is a change`() {
        var judge = NetworkJudge()
        #expect(judge.look(NetworkSnapshot(addresses: ["a", "b"])) == nil)
        #expect(judge.look(NetworkSnapshot(addresses: ["b", "a"])) == nil)
        #expect(judge.look(NetworkSnapshot(addresses: ["b", "c"])) == .moved(added: ["c"], removed: ["a"]))
        #expect(judge.look(NetworkSnapshot(addresses: [])) == .moved(added: [], removed: ["b", "c"]))
        #expect(judge.look(NetworkSnapshot(addresses: [], defaultRoutes: ["x"])) == .moved(added: [], removed: []))
        #expect(judge.look(NetworkSnapshot(addresses: [], defaultRoutes: ["x"])) == nil)
    }

    @Test func `reads the default routes of Linux`() {
        let table = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
            wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
            short

            """
        #expect(NetworkSnapshot.defaultRoutes(inTable: table) == ["eth0 0101A8C0", "wlan0 0102A8C0"])
        #expect(NetworkSnapshot.defaultRoutes(inTable: "") == [])
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells of what happens, and stops when its task does`() async throws {
        let script = Script()
        let watch = NetworkWatch(
            read: { script.reading() },
            look: { script.snapshot() },
            pause: { try script.pause($0) }
        )
        var changes: [NetworkChange] = []
        await watch.run { changes.append($0) }
        #expect(
            changes == [
                .moved(added: ["b"], removed: ["a"]), .woke(after: .seconds(60)), .moved(added: [], removed: ["b"]),
            ]
        )
    }

    @Test func `this machine can be looked at`() async throws {
        let snapshot = try #require(await NetworkSnapshot.current())
        #expect(!snapshot.addresses.contains("127.0.0.1"))
        #expect(!snapshot.addresses.contains("::1"))
    }
}
