import NIOCore
import Testing

@testable import HTTP2

struct PingClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `measures one trip at a time`() {
        var clock = PingClock()
        let payloads = [clock.begin(at: start), clock.begin(at: start)]
        #expect(payloads == [1, nil])
        let measured = clock.answered(1, at: start + .milliseconds(8))
        #expect(measured == .milliseconds(8))
        #expect(clock.roundTrip == .milliseconds(8))
    }

    @Test func `smooths over what it measured`() {
        var clock = PingClock()
        for time in [8, 16] {
            let payload = clock.begin(at: start) ?? 0
            _ = clock.answered(payload, at: start + .milliseconds(Int64(time)))
        }
        #expect(clock.roundTrip == .milliseconds(10))
    }

    @Test func `an answer that nobody waits for measures nothing`() {
        var clock = PingClock()
        let payload = clock.begin(at: start) ?? 0
        let answers = [payload + 1, payload, payload].map { clock.answered($0, at: start + .milliseconds(1)) }
        #expect(answers == [nil, .milliseconds(1), nil])
        _ = clock.begin(at: start)
        clock.abandon()
        let again = clock.begin(at: start)
        #expect(again == 3)
    }
}
