import NIOCore
import Testing
import TunnelProtocol

struct AgentControlTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let welcome = Welcome(
        edge: "e",
        epoch: 1,
        baseDomain: "t.example",
        keyExchange: "X25519",
        client: "c"
    )
    private static let registered = Registered(ref: 1, binding: "b1", host: "a.t.example", url: "u", mode: "edge")
    private static let refused = Refused(ref: 1, code: .nameTaken)
    private static let superseded = Superseded(epoch: 2, instance: "0123456789abcdef")
    private static let renewed = Renewed(chain: [[1], [2]])
    private static let notRenewed = RenewalRefused(.unavailable, retryAfterSeconds: 60)
    private static let drain = Drain(deadlineSeconds: 30)

    private static func machine(draining: Bool) -> AgentControl {
        var machine = AgentControl(openedAt: start)
        _ = machine.received(.welcome(welcome), at: start)
        if draining { _ = machine.received(.drain(drain), at: start) }
        return machine
    }

    // MARK: Awaiting welcome

    @Test func `a welcome opens the session`() {
        var machine = AgentControl(openedAt: Self.start)
        #expect(machine.received(.welcome(Self.welcome), at: Self.start) == .welcomed(Self.welcome))
    }

    @Test func `a welcome of another protocol ends the stream`() {
        var machine = AgentControl(openedAt: Self.start)
        var other = Self.welcome
        other.protocol = 2
        #expect(machine.received(.welcome(other), at: Self.start) == .fail(.unexpected))
        #expect(machine.received(.welcome(Self.welcome), at: Self.start) == .ignore)
    }

    @Test func `a refused hello is told and the wait goes on`() {
        var machine = AgentControl(openedAt: Self.start)
        let refused = Refused(ref: nil, code: .unsupportedProtocol)
        #expect(machine.received(.refused(refused), at: Self.start) == .refused(refused))
        #expect(machine.tick(at: Self.start + .seconds(10)) == .welcomeIsLate)
    }

    @Test func `a session can be superseded before its welcome`() {
        var machine = AgentControl(openedAt: Self.start)
        #expect(machine.received(.superseded(Self.superseded), at: Self.start) == .superseded(Self.superseded))
        #expect(machine.received(.welcome(Self.welcome), at: Self.start) == .ignore)
    }

    @Test(
        arguments: [
            .registered(registered), .heartbeat(Beat(seq: 1)), .ack(Beat(seq: 1)), .drain(drain), .renewed(renewed),
            .renewalRefused(notRenewed),
        ] as [EdgeMessage]
    )
    func `anything else before the welcome ends the stream`(message: EdgeMessage) {
        var machine = AgentControl(openedAt: Self.start)
        #expect(machine.received(message, at: Self.start) == .fail(.unexpected))
        #expect(machine.received(.welcome(Self.welcome), at: Self.start) == .ignore)
    }

    @Test func `the welcome is late from the deadline on and not before`() {
        var machine = AgentControl(openedAt: Self.start)
        let deadline = Self.start + TimeAmount(TunnelConstants.helloDeadline)
        #expect(machine.tick(at: deadline - .nanoseconds(1)) == .carryOn)
        #expect(machine.tick(at: deadline) == .welcomeIsLate)
        #expect(machine.tick(at: deadline) == .carryOn)
    }

    // MARK: Open and draining

    @Test(arguments: [false, true])
    func `a session hands on what the edge says`(draining: Bool) {
        var machine = Self.machine(draining: draining)
        #expect(machine.received(.registered(Self.registered), at: Self.start) == .registered(Self.registered))
        #expect(machine.received(.refused(Self.refused), at: Self.start) == .refused(Self.refused))
        #expect(machine.received(.heartbeat(Beat(seq: 5)), at: Self.start) == .send(.ack(Beat(seq: 5))))
        #expect(machine.received(.ack(Beat(seq: 5)), at: Self.start) == .ignore)
        #expect(machine.received(.drain(Self.drain), at: Self.start) == .drain(.seconds(30)))
    }

    @Test(arguments: [false, true])
    func `heartbeats go on until the end`(draining: Bool) {
        var machine = Self.machine(draining: draining)
        #expect(machine.tick(at: Self.start + .seconds(9)) == .carryOn)
        #expect(machine.tick(at: Self.start + .seconds(10)) == .send(.heartbeat(Beat(seq: 1))))
        let echo = Self.start + .milliseconds(10_500)
        #expect(machine.received(.ack(Beat(seq: 1)), at: echo) == .measured(.milliseconds(500)))
        #expect(machine.received(.ack(Beat(seq: 1)), at: echo) == .ignore)
    }

    @Test(arguments: [false, true])
    func `being superseded ends the session`(draining: Bool) {
        var machine = Self.machine(draining: draining)
        #expect(machine.received(.superseded(Self.superseded), at: Self.start) == .superseded(Self.superseded))
        #expect(machine.received(.heartbeat(Beat(seq: 1)), at: Self.start) == .ignore)
        #expect(machine.tick(at: Self.start + .seconds(60)) == .carryOn)
    }

    @Test(arguments: [false, true])
    func `a second welcome ends the session`(draining: Bool) {
        var machine = Self.machine(draining: draining)
        #expect(machine.received(.welcome(Self.welcome), at: Self.start) == .fail(.unexpected))
        #expect(machine.received(.heartbeat(Beat(seq: 1)), at: Self.start) == .ignore)
    }

    // MARK: Renewal

    @Test(arguments: [.renewed(renewed), .renewalRefused(notRenewed)] as [EdgeMessage])
    func `an answer is taken once, when it is waited for`(answer: EdgeMessage) {
        let taken: AgentControl.Received =
            if case .renewed(let renewed) = answer { .renewed(renewed) } else { .renewalRefused(Self.notRenewed) }
        var machine = Self.machine(draining: false)
        #expect(machine.received(answer, at: Self.start) == .ignore)
        #expect(machine.renewalDue(at: Self.start) == true)
        #expect(machine.renewalDue(at: Self.start) == false)
        #expect(machine.received(answer, at: Self.start) == taken)
        #expect(machine.received(answer, at: Self.start) == .ignore)
        #expect(machine.renewalDue(at: Self.start) == true)
    }

    @Test func `an answer that comes while the edge drains is taken, and none is asked for`() {
        var machine = Self.machine(draining: false)
        #expect(machine.renewalDue(at: Self.start) == true)
        _ = machine.received(.drain(Self.drain), at: Self.start)
        #expect(machine.received(.renewed(Self.renewed), at: Self.start) == .renewed(Self.renewed))
        #expect(machine.renewalDue(at: Self.start) == false)
    }

    @Test func `nothing is asked for before the welcome and after the end`() {
        var early = AgentControl(openedAt: Self.start)
        #expect(early.renewalDue(at: Self.start) == false)
        var late = Self.machine(draining: false)
        late.ended()
        #expect(late.renewalDue(at: Self.start) == false)
    }

    @Test(arguments: [false, true])
    func `an answer is late from the deadline on, once, and ignored then`(draining: Bool) {
        var machine = Self.machine(draining: false)
        _ = machine.renewalDue(at: Self.start)
        if draining { _ = machine.received(.drain(Self.drain), at: Self.start) }
        let deadline = Self.start + TimeAmount(TunnelConstants.renewalDeadline)
        #expect(machine.tick(at: deadline - .nanoseconds(1)) == .send(.heartbeat(Beat(seq: 1))))
        #expect(machine.tick(at: deadline) == .renewalIsLate)
        #expect(machine.tick(at: deadline) == .carryOn)
        #expect(machine.received(.renewed(Self.renewed), at: deadline) == .ignore)
    }

    // MARK: Closed

    @Test(
        arguments: [
            .welcome(welcome), .registered(registered), .refused(refused), .heartbeat(Beat(seq: 1)), .ack(Beat(seq: 1)),
            .drain(drain), .superseded(superseded), .renewed(renewed), .renewalRefused(notRenewed),
        ] as [EdgeMessage]
    )
    func `a closed stream ignores whatever comes late`(message: EdgeMessage) {
        var machine = Self.machine(draining: false)
        machine.ended()
        machine.ended()
        #expect(machine.received(message, at: Self.start) == .ignore)
        #expect(machine.tick(at: Self.start + .seconds(60)) == .carryOn)
    }
}
