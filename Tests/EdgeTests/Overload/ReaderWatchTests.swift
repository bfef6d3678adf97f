import NIOCore
import Testing

@testable import Edge

struct ReaderWatchTests {
    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    /// A watch that gives a peer 40 s and looks every 10 s, with bytes flushed at 0.
    private func watch(afterWriting bytes: Int) -> ReaderWatch {
        var watch = ReaderWatch(limit: .seconds(40))
        watch.wrote(bytes)
        _ = watch.flushed(at: time(0))
        return watch
    }

    @Test func `wants a look some time after a flush, and only one`() {
        var watch = ReaderWatch(limit: .seconds(40))
        #expect(watch.nextLook == nil)
        watch.wrote(10)
        let isSet = watch.flushed(at: time(0))
        let isSetAgain = watch.flushed(at: time(5))
        #expect(isSet && !isSetAgain)
        #expect(watch.nextLook == time(10))
    }

    @Test func `rests when nothing waits`() {
        var watch = watch(afterWriting: 10)
        let finding = watch.looked(waiting: 0, at: time(10))
        #expect(finding == .nothingWaits)
        #expect(watch.nextLook == nil)
    }

    @Test func `gives up who takes nothing`() {
        var watch = watch(afterWriting: 10)
        for second in [10, 20, 30] as [Int64] {
            let finding = watch.looked(waiting: 10, at: time(second))
            #expect(finding == .waits)
            #expect(watch.nextLook == time(second + 10))
        }
        let finding = watch.looked(waiting: 10, at: time(40))
        #expect(finding == .isLate)
    }

    @Test func `a single byte is progress`() {
        var watch = watch(afterWriting: 10)
        let findings = [30, 69, 70].map { watch.looked(waiting: 9, at: time($0)) }
        #expect(findings == [.waits, .waits, .isLate])
    }

    @Test func `time in which nothing waited does not count`() {
        var watch = watch(afterWriting: 10)
        let first = watch.looked(waiting: 0, at: time(10))
        watch.wrote(10)
        let isSet = watch.flushed(at: time(100))
        let findings = [139, 140].map { watch.looked(waiting: 10, at: time($0)) }
        #expect(isSet)
        #expect([first] + findings == [.nothingWaits, .waits, .isLate])
    }
}
