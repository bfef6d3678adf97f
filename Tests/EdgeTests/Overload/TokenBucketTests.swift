import NIOCore
import Testing

@testable import Edge

struct TokenBucketTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `a burst is let through, then a steady rate`() {
        var bucket = TokenBucket(perSecond: 10, burst: 3)
        #expect((0..<5).map { _ in bucket.take(at: start) } == [true, true, true, false, false])
        let later = [99, 100, 100].map { bucket.take(at: start + .milliseconds($0)) }
        #expect(later == [false, true, false])
    }

    @Test func `a quiet time fills it up to the burst and no further`() {
        var bucket = TokenBucket(perSecond: 10, burst: 2)
        #expect((0..<3).map { _ in bucket.take(at: start + .hours(1)) } == [true, true, false])
    }
}
