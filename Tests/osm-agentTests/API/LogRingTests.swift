import Testing

@testable import osm_agent

@Suite(.timeLimit(.minutes(1)))
struct LogRingTests {
    private func limits(lines: Int, bytes: Int = .max, queued: Int = 8) -> LogRing.Limits {
        LogRing.Limits(lines: lines, bytes: bytes, queued: queued)
    }

    @Test func `keeps the last lines in order, however many come`() {
        let ring = LogRing(limits: limits(lines: 3))
        for number in 1...20 {
            ring.append("\(number)\n")
            #expect(ring.last().count == min(number, 3))
        }
        #expect(ring.last() == ["18\n", "19\n", "20\n"])
        #expect(ring.last(2) == ["19\n", "20\n"])
        #expect(ring.last(0).isEmpty)
    }

    @Test func `keeps no more bytes than it may, but always the last line`() {
        let ring = LogRing(limits: limits(lines: 100, bytes: 10))
        ring.append("aaaa\n")
        ring.append("bbbb\n")
        #expect(ring.last() == ["aaaa\n", "bbbb\n"])
        ring.append("c\n")
        #expect(ring.last() == ["bbbb\n", "c\n"])
        ring.append("a line that is longer than all that may be kept\n")
        #expect(ring.last().count == 1)
    }

    @Test func `a follower gets what was kept and what comes, each line once`() async {
        let ring = LogRing(limits: limits(lines: 10))
        ring.append("before\n")
        let (kept, coming) = ring.follow()
        #expect(kept == ["before\n"])
        ring.append("after\n")
        #expect(await coming.first { _ in true } == "after\n")
    }

    @Test func `a follower that reads nothing loses the oldest lines`() async {
        let ring = LogRing(limits: limits(lines: 10, queued: 2))
        let (_, coming) = ring.follow()
        for number in 1...5 { ring.append("\(number)\n") }
        var iterator = coming.makeAsyncIterator()
        #expect(await iterator.next() == "4\n")
        #expect(await iterator.next() == "5\n")
    }

    @Test func `a follower that has left is forgotten`() async {
        let ring = LogRing(limits: limits(lines: 10))
        do {
            let (_, coming) = ring.follow()
            #expect(ring.followers == 1)
            _ = consume coming
        }
        ring.append("line\n")
        #expect(ring.followers == 0)
    }
}
