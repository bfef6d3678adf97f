import NIOCore
import Testing
import TunnelProtocol

struct ReconnectBackoffTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// The most that the n-th pause in a row may be.
    private static func ceiling(_ attempt: Int) -> Duration {
        min(.milliseconds(500) * (1 << attempt), .seconds(60))
    }

    @Test func `each pause lies between nothing and a ceiling that doubles to a minute`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            var backoff = ReconnectBackoff()
            for attempt in 0..<12 {
                let pause = backoff.pause(at: Self.start, using: &generator)
                #expect(pause >= .zero && pause <= Self.ceiling(attempt))
            }
        }
    }

    @Test(arguments: [0, 3, 20])
    func `pauses spread evenly below their ceiling`(attempt: Int) {
        var generator = SeededGenerator(seed: 2)
        var quarters = [0, 0, 0, 0]
        let ceiling = Self.ceiling(min(attempt, 16))
        for _ in 0..<4_000 {
            var backoff = ReconnectBackoff()
            for _ in 0..<attempt { _ = backoff.pause(at: Self.start, using: &generator) }
            let share = backoff.pause(at: Self.start, using: &generator) / ceiling
            quarters[min(3, Int(share * 4))] += 1
        }
        // 1 000 are expected in each; six standard deviations are 164.
        #expect(quarters.allSatisfy { (836...1_164).contains($0) })
    }

    @Test func `a thousand failures overflow nothing`() {
        var generator = SeededGenerator(seed: 3)
        var backoff = ReconnectBackoff()
        for _ in 0..<1_000 { #expect(backoff.pause(at: Self.start, using: &generator) <= TunnelConstants.backoffCap) }
    }

    @Test func `a minute of health begins the pauses anew`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<100 {
            var backoff = ReconnectBackoff()
            for _ in 0..<10 { _ = backoff.pause(at: Self.start, using: &generator) }
            backoff.connected(at: Self.start)
            let pause = backoff.pause(at: Self.start + TimeAmount(TunnelConstants.healthyAfter), using: &generator)
            #expect(pause <= TunnelConstants.backoffBase)
        }
    }

    @Test func `less than a minute of health does not`() {
        var generator = SeededGenerator(seed: 5)
        var longest = Duration.zero
        for _ in 0..<100 {
            var backoff = ReconnectBackoff()
            for _ in 0..<10 { _ = backoff.pause(at: Self.start, using: &generator) }
            backoff.connected(at: Self.start)
            longest = max(longest, backoff.pause(at: Self.start + .seconds(59), using: &generator))
        }
        #expect(longest > .seconds(30))
    }

    @Test func `one minute of health counts once`() {
        var generator = SeededGenerator(seed: 6)
        var longest = Duration.zero
        for _ in 0..<100 {
            var backoff = ReconnectBackoff()
            backoff.connected(at: Self.start)
            for _ in 0..<10 {
                longest = max(longest, backoff.pause(at: Self.start + .seconds(3_600), using: &generator))
            }
        }
        #expect(longest > .seconds(30))
    }

    @Test func `what the edge asks for is never shortened and spread over a tenth more`() {
        var generator = SeededGenerator(seed: 7)
        var backoff = ReconnectBackoff()
        for _ in 0..<1_000 {
            let pause = backoff.pause(at: Self.start, retryAfter: .seconds(30), using: &generator)
            #expect(pause >= .seconds(30) && pause <= .seconds(33))
        }
    }

    @Test func `nobody is sent away for more than an hour and a tenth`() {
        var generator = SeededGenerator(seed: 8)
        var backoff = ReconnectBackoff()
        let pause = backoff.pause(at: Self.start, retryAfter: .seconds(Int64.max), using: &generator)
        #expect(pause >= .seconds(3_600) && pause <= .seconds(3_960))
        #expect(backoff.pause(at: Self.start, retryAfter: .seconds(-5), using: &generator) == .zero)
    }
}
