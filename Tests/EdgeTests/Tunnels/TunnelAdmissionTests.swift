import NIOCore
import Testing

@testable import Edge

struct TunnelAdmissionTests {
    /// Another device each time.
    private static var anybody: String { "\(UInt64.random(in: .min ... .max))" }

    private let start = NIODeadline.uptimeNanoseconds(5_000_000_000)

    @Test func `lets a burst in, then so many a second`() {
        var admission = TunnelAdmission(perSecond: 10, burst: 5)
        let first = (0..<6).map { _ in admission.admit(Self.anybody, at: start) }
        #expect(first.prefix(5).allSatisfy { $0 == .welcome })
        #expect(first.last != .welcome)
        let next = (0..<2).map { _ in admission.admit(Self.anybody, at: start + .milliseconds(100)) }
        #expect(next.first == .welcome && next.last != .welcome)
    }

    @Test func `spreads a thousand over the seconds that they need`() {
        var admission = TunnelAdmission(perSecond: 100, burst: 100)
        var waits: [Int: Int] = [:]
        for _ in 0..<1000 {
            guard case .later(let seconds) = admission.admit(Self.anybody, at: start) else { continue }
            waits[seconds, default: 0] += 1
        }
        #expect(waits.values.reduce(0, +) == 900)
        #expect(waits.keys.sorted() == Array(1...9))
        #expect(waits.values.allSatisfy { $0 == 100 })
    }

    @Test func `lets everybody in who comes back when told`() {
        var admission = TunnelAdmission(perSecond: 50, burst: 50)
        var waiting: [Int: Int] = [:]
        for _ in 0..<500 {
            if case .later(let seconds) = admission.admit(Self.anybody, at: start) { waiting[seconds, default: 0] += 1 }
        }
        var turnedAway = 0
        for (seconds, count) in waiting.sorted(by: { $0.key < $1.key }) {
            // Those of one second come spread over it, as the agents' own jitter makes them.
            for number in 0..<count {
                let offset = TimeAmount.milliseconds(Int64(seconds * 1000 + number * 1000 / count))
                if admission.admit(Self.anybody, at: start + offset) != .welcome { turnedAway += 1 }
            }
        }
        #expect(turnedAway == 0)
    }

    @Test func `sends nobody away for longer than two minutes`() {
        var admission = TunnelAdmission(perSecond: 1, burst: 1)
        let waits = (0..<1000).map { _ in admission.admit(Self.anybody, at: start) }
        #expect(waits.last == .later(seconds: 120))
    }

    @Test func `a device that comes again and again takes nobody else's place`() {
        var admission = TunnelAdmission(perSecond: 100, burst: 200)
        let welcome = (0..<5000).count { number in
            admission.admit("again", at: start + .milliseconds(Int64(number))) == .welcome
        }
        // All its slots, and two for each of five seconds.
        #expect((64...75).contains(welcome))
        let end = start + .milliseconds(5000)
        let others = (0..<100).count { _ in admission.admit(Self.anybody, at: end) == .welcome }
        #expect(others == 100)
    }

    @Test func `a crowd is larger than what is remembered of single devices`() {
        var admission = TunnelAdmission(perSecond: 100_000, burst: 100_000)
        let welcome = (0..<10_000).count { _ in admission.admit(Self.anybody, at: start) == .welcome }
        #expect(welcome == 10_000)
    }
}
