import Foundation
import Testing

@testable import Edge

struct ExpiryWatchTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func day(_ number: Double) -> Date { now.addingTimeInterval(number * 24 * 3600) }

    @Test(arguments: [
        (8, []), (6, [ExpiryWatch.Concern.certificateEnds(Date(timeIntervalSince1970: 1_800_000_000 + 6 * 86_400))]),
        (0, [.certificateEnded(Date(timeIntervalSince1970: 1_800_000_000))]),
    ])
    func `a certificate is worth a word a week before its end`(days: Double, expected: [ExpiryWatch.Concern]) {
        var watch = ExpiryWatch()
        let concerns = watch.concerns(certificateEnds: day(days), listsEnd: [], at: now)
        #expect(concerns == expected)
    }

    @Test func `the oldest list is the one that is out of date`() {
        var watch = ExpiryWatch()
        let concerns = watch.concerns(certificateEnds: day(20), listsEnd: [day(3), day(-2), day(-1)], at: now)
        #expect(concerns == [.revocationsStale(since: day(-2))])
    }

    @Test func `worse news does not wait for the milder one`() {
        var watch = ExpiryWatch()
        let said = [0, 0.1, 0.2].map { time in
            watch.concerns(certificateEnds: day(0.05), listsEnd: [day(0.15)], at: day(time)).map(\.kind)
        }
        #expect(said == [[.ends], [.ended], [.stale]])
    }

    @Test func `it is said once a day, and again when something was replaced`() {
        var watch = ExpiryWatch()
        let counts = [0, 0.5, 0.99, 1, 1.5].map { time in
            watch.concerns(certificateEnds: day(2), listsEnd: [], at: day(time)).count
        }
        #expect(counts == [1, 0, 0, 1, 0])
        watch.renewed()
        let again = watch.concerns(certificateEnds: day(3), listsEnd: [], at: day(1.6))
        #expect(again.count == 1)
    }
}
