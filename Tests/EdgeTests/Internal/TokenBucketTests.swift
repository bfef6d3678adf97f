import NIOCore
import Testing

@testable import Edge

struct TokenBucketTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `a burst is let through, then a steady rate`() {
        var bucket = TokenBucket(perSecond: 10, burst: 3)
        #expect((0..<5).map { _ in bucket.take(at: start) } == [true, true, true, false, false])
        #expect(!bucket.take(at: start + .milliseconds(99)))
        #expect(bucket.take(at: start + .milliseconds(100)))
        #expect(!bucket.take(at: start + .milliseconds(100)))
    }

    @Test func `a quiet time fills it up to the burst and no further`() {
        var bucket = TokenBucket(perSecond: 10, burst: 2)
        #expect((0..<3).map { _ in bucket.take(at: start + .hours(1)) } == [true, true, false])
    }
}
