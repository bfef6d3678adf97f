import Foundation
import Testing
import TunnelProtocol

struct RenewalScheduleTests {
    private static let start = Date(timeIntervalSince1970: 1_767_225_600)
    private static let week = 7 * 86_400.0
    private var generator = SeededGenerator(seed: 1)

    private mutating func schedule() -> RenewalSchedule {
        RenewalSchedule(notBefore: Self.start, notAfter: Self.start + Self.week, using: &generator)
    }

    @Test mutating func `a certificate is due between two thirds and three quarters of its life`() {
        let moments = (0..<1000).map { _ in schedule().due.timeIntervalSince(Self.start) / Self.week }
        #expect(moments.allSatisfy { (2.0 / 3...3.0 / 4).contains($0) })
        #expect((moments.max() ?? 0) - (moments.min() ?? 0) > 0.07)
    }

    @Test mutating func `a certificate without a life is due at once`() {
        let never = RenewalSchedule(notBefore: Self.start, notAfter: Self.start - 1, using: &generator)
        #expect(never.due == Self.start)
    }

    @Test mutating func `pauses double up to an hour, each in the upper half`() {
        var schedule = schedule()
        for ceiling in [60.0, 120, 240, 480, 960, 1920, 3600, 3600, 3600] {
            schedule.failed(at: Self.start, .unavailable, using: &generator)
            let pause = schedule.due.timeIntervalSince(Self.start)
            #expect((ceiling / 2...ceiling).contains(pause), "\(ceiling): \(pause)")
        }
    }

    @Test mutating func `an edge that says nothing counts like one that cannot`() {
        var schedule = schedule()
        schedule.failed(at: Self.start, nil, using: &generator)
        #expect((30...60).contains(schedule.due.timeIntervalSince(Self.start)))
    }

    @Test mutating func `an edge may ask for more, up to an hour`() {
        var schedule = schedule()
        schedule.failed(at: Self.start, .tooMany, retryAfter: .seconds(600), using: &generator)
        #expect((600...660).contains(schedule.due.timeIntervalSince(Self.start)))
        schedule.failed(at: Self.start, .tooMany, retryAfter: .seconds(86_400), using: &generator)
        #expect((3600...3960).contains(schedule.due.timeIntervalSince(Self.start)))
        schedule.failed(at: Self.start, .tooMany, retryAfter: .seconds(-1), using: &generator)
        #expect(schedule.due > Self.start)
    }

    @Test(arguments: IssuanceRefusal.allCases.filter(\.isPermanent))
    mutating func `what only an operator can mend is tried again in an hour`(code: IssuanceRefusal) {
        var schedule = schedule()
        schedule.failed(at: Self.start, code, using: &generator)
        #expect(schedule.due == Self.start + 3600)
    }
}
