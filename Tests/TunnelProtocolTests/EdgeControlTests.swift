import NIOCore
import Testing
import TunnelProtocol

struct EdgeControlTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let hello = Hello(agent: "a", instance: "0123456789abcdef", epoch: 1, slot: 0)
    private static let register = Register(ref: 1, kind: "http", host: nil)
    private static let unregister = Unregister(binding: "b1")
    private static let renew = Renew(request: [1])
    private static let late: [AgentMessage] = [
        .register(register), .unregister(unregister), .renew(renew), .heartbeat(Beat(seq: 1)), .ack(Beat(seq: 1)),
    ]

    private static func open() -> EdgeControl {
        var machine = EdgeControl(openedAt: start)
        _ = machine.received(.hello(hello), at: start)
        return machine
    }

    private static func closed() -> EdgeControl {
        var machine = open()
        machine.ended()
        return machine
    }

    // MARK: Awaiting hello

    @Test func `a hello begins the session`() {
        var machine = EdgeControl(openedAt: Self.start)
        #expect(machine.received(.hello(Self.hello), at: Self.start) == .begin(Self.hello))
    }

    @Test func `a hello of another protocol is refused and another may follow`() {
        var machine = EdgeControl(openedAt: Self.start)
        var other = Self.hello
        other.protocol = 2
        #expect(machine.received(.hello(other), at: Self.start) == .refuseProtocol)
        #expect(machine.received(.hello(Self.hello), at: Self.start) == .begin(Self.hello))
    }

    @Test(arguments: late)
    func `anything before hello ends the stream`(message: AgentMessage) {
        var machine = EdgeControl(openedAt: Self.start)
        #expect(machine.received(message, at: Self.start) == .fail(.unexpected))
        #expect(machine.received(.hello(Self.hello), at: Self.start) == .ignore)
    }

    @Test func `messages of unknown types are counted like others, before hello and after it`() {
        let limit = TunnelConstants.messagesPerWindow
        var machine = EdgeControl(openedAt: Self.start)
        let before = [limit, 0, 1].map { machine.mayGoOn(havingSkipped: $0, at: Self.start) }
        #expect(before == [true, true, false])
        #expect(machine.received(.hello(Self.hello), at: Self.start) == .ignore)
        var open = Self.open()
        let after = [limit, 1].map { open.mayGoOn(havingSkipped: $0, at: Self.start) }
        #expect(after == [true, false])
        var waiting = Self.open()
        let later = Self.start + TimeAmount(TunnelConstants.messageWindow)
        let spread = [Self.start, later].map { waiting.mayGoOn(havingSkipped: limit, at: $0) }
        #expect(spread == [true, true])
    }

    @Test func `hello is late from the deadline on and not before`() {
        var machine = EdgeControl(openedAt: Self.start)
        let deadline = Self.start + TimeAmount(TunnelConstants.helloDeadline)
        #expect(machine.tick(at: Self.start) == .carryOn)
        #expect(machine.tick(at: deadline - .nanoseconds(1)) == .carryOn)
        #expect(machine.tick(at: deadline) == .helloIsLate)
        #expect(machine.tick(at: deadline) == .carryOn)
        #expect(machine.received(.hello(Self.hello), at: deadline) == .ignore)
    }

    @Test func `a refused protocol does not move the deadline`() {
        var machine = EdgeControl(openedAt: Self.start)
        var other = Self.hello
        other.protocol = 2
        _ = machine.received(.hello(other), at: Self.start + .seconds(9))
        #expect(machine.tick(at: Self.start + .seconds(10)) == .helloIsLate)
    }

    // MARK: Open

    @Test func `an open session hands on what the agent wants`() {
        var machine = Self.open()
        #expect(machine.received(.register(Self.register), at: Self.start) == .register(Self.register))
        #expect(machine.received(.unregister(Self.unregister), at: Self.start) == .unregister(Self.unregister))
        #expect(machine.received(.heartbeat(Beat(seq: 9)), at: Self.start) == .send(.ack(Beat(seq: 9))))
    }

    @Test func `a second hello ends the stream`() {
        var machine = Self.open()
        #expect(machine.received(.hello(Self.hello), at: Self.start) == .fail(.unexpected))
        #expect(machine.received(.register(Self.register), at: Self.start) == .ignore)
        #expect(machine.tick(at: Self.start + .seconds(60)) == .carryOn)
    }

    @Test func `heartbeats leave at their interval and their echo gives the round trip`() {
        var machine = Self.open()
        #expect(machine.tick(at: Self.start + .seconds(9)) == .carryOn)
        #expect(machine.tick(at: Self.start + .seconds(10)) == .send(.heartbeat(Beat(seq: 1))))
        #expect(machine.tick(at: Self.start + .seconds(11)) == .carryOn)
        let echo = Self.start + .milliseconds(10_040)
        #expect(machine.received(.ack(Beat(seq: 1)), at: echo) == .measured(.milliseconds(40)))
        #expect(machine.tick(at: Self.start + .seconds(20)) == .send(.heartbeat(Beat(seq: 2))))
    }

    @Test func `an echo that nobody waits for is ignored`() {
        var machine = Self.open()
        #expect(machine.received(.ack(Beat(seq: 1)), at: Self.start) == .ignore)
        _ = machine.tick(at: Self.start + .seconds(10))
        #expect(machine.received(.ack(Beat(seq: 2)), at: Self.start) == .ignore)
        #expect(machine.received(.ack(Beat(seq: 1)), at: Self.start + .seconds(11)) == .measured(.seconds(1)))
        #expect(machine.received(.ack(Beat(seq: 1)), at: Self.start + .seconds(12)) == .ignore)
    }

    @Test func `more messages than the budget end the stream`() {
        var machine = Self.open()
        for _ in 0..<TunnelConstants.messagesPerWindow {
            #expect(machine.received(.unregister(Self.unregister), at: Self.start) == .unregister(Self.unregister))
        }
        #expect(machine.received(.unregister(Self.unregister), at: Self.start) == .fail(.tooMany))
        #expect(machine.received(.unregister(Self.unregister), at: Self.start) == .ignore)
    }

    @Test func `the budget is new in each window`() {
        var machine = Self.open()
        for window in 0..<3 {
            let now = Self.start + TimeAmount(TunnelConstants.messageWindow) * window
            for _ in 0..<TunnelConstants.messagesPerWindow {
                #expect(machine.received(.ack(Beat(seq: 0)), at: now) == .ignore)
            }
        }
    }

    // MARK: Renewal

    @Test func `one renewal is under way at a time`() {
        var machine = Self.open()
        #expect(machine.received(.renew(Self.renew), at: Self.start) == .renew(Self.renew))
        let second = machine.received(.renew(Self.renew), at: Self.start)
        #expect(second == .send(.renewalRefused(RenewalRefused(.tooMany))))
        #expect(machine.renewalAnswered() == true)
        #expect(machine.received(.renew(Self.renew), at: Self.start) == .renew(Self.renew))
    }

    @Test func `an answer that nobody waits for is not given`() {
        var machine = Self.open()
        #expect(machine.renewalAnswered() == false)
        var early = EdgeControl(openedAt: Self.start)
        #expect(early.renewalAnswered() == false)
        var closed = Self.open()
        _ = closed.received(.renew(Self.renew), at: Self.start)
        closed.ended()
        #expect(closed.renewalAnswered() == false)
    }

    @Test func `a renewal that waits keeps nothing else from being heard`() {
        var machine = Self.open()
        _ = machine.received(.renew(Self.renew), at: Self.start)
        #expect(machine.received(.heartbeat(Beat(seq: 9)), at: Self.start) == .send(.ack(Beat(seq: 9))))
        #expect(machine.tick(at: Self.start + .seconds(10)) == .send(.heartbeat(Beat(seq: 1))))
        #expect(machine.mayGoOn(havingSkipped: 1, at: Self.start) == true)
        #expect(machine.renewalAnswered() == true)
    }

    // MARK: Closed

    @Test(arguments: late + [.hello(hello)])
    func `a closed stream ignores whatever comes late`(message: AgentMessage) {
        var machine = Self.closed()
        #expect(machine.received(message, at: Self.start) == .ignore)
        #expect(machine.tick(at: Self.start + .seconds(60)) == .carryOn)
    }

    @Test func `a stream may end twice and in any state`() {
        var waiting = EdgeControl(openedAt: Self.start)
        waiting.ended()
        waiting.ended()
        #expect(waiting.received(.hello(Self.hello), at: Self.start) == .ignore)
        #expect(waiting.tick(at: Self.start + .seconds(60)) == .carryOn)
    }
}
