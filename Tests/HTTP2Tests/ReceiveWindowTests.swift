import NIOCore
import Testing

@testable import HTTP2

struct ReceiveWindowTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// Lets one round trip pass in which `bytes` arrive and are read.
    private func round(_ window: inout ReceiveWindow, _ number: Int, bytes: Int, trip: TimeAmount) -> Int? {
        window.received(bytes)
        return window.read(
            bytes,
            now: start + .nanoseconds(trip.nanoseconds * Int64(number)),
            roundTrip: trip,
            allowance: .max / 2
        )
    }

    @Test func `doubles while whole windows arrive within a round trip, up to its maximum`() {
        var window = ReceiveWindow(initial: 100, maximum: 350)
        let trip = TimeAmount.milliseconds(20)
        #expect(round(&window, 0, bytes: 100, trip: trip) == nil)
        #expect(round(&window, 1, bytes: 100, trip: trip) == 200)
        #expect(round(&window, 2, bytes: 200, trip: trip) == 350)
        #expect(round(&window, 3, bytes: 350, trip: trip) == nil)
    }

    @Test func `doubles with every round trip, although the sender learns of it one later`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        let trip = TimeAmount.milliseconds(20)
        #expect(round(&window, 0, bytes: 100, trip: trip) == nil)
        #expect(round(&window, 1, bytes: 100, trip: trip) == 200)
        #expect(round(&window, 2, bytes: 100, trip: trip) == 400)
        #expect(round(&window, 3, bytes: 200, trip: trip) == 800)
        // A link that holds no more is seen one round later, too.
        #expect(round(&window, 4, bytes: 200, trip: trip) == nil)
        #expect(round(&window, 5, bytes: 200, trip: trip) == nil)
    }

    @Test func `grows fourfold where a round trip is long, as soon as most of a window has come`() {
        var window = ReceiveWindow(initial: 100, maximum: 5000)
        let trip = TimeAmount.milliseconds(200)
        #expect(round(&window, 0, bytes: 60, trip: trip) == nil)
        #expect(round(&window, 0, bytes: 10, trip: trip) == 400)
        // 100 more were allowed before, and show nothing; then two thirds of the 300 that the larger window added.
        #expect(round(&window, 0, bytes: 30, trip: trip) == nil)
        #expect(round(&window, 1, bytes: 70, trip: trip) == nil)
        #expect(round(&window, 1, bytes: 190, trip: trip) == nil)
        #expect(round(&window, 1, bytes: 10, trip: trip) == 1600)
    }

    @Test func `grows on a long link with what shows that the sender heard of it, not with the clock`() {
        var window = ReceiveWindow(initial: 100, maximum: 5000)
        let trip = TimeAmount.milliseconds(200)
        #expect(round(&window, 0, bytes: 100, trip: trip) == 400)
        for number in 1...9 { #expect(round(&window, number, bytes: 10, trip: trip) == nil) }
        // The last bytes that were allowed before come together with those that follow.
        #expect(round(&window, 10, bytes: 10 + 300, trip: trip) == 1600)
        // A link that holds no more is left in peace.
        for number in 11...30 { #expect(round(&window, number, bytes: 400, trip: trip) == nil) }
    }

    @Test func `judges a window that cannot grow like any other`() {
        let trip = TimeAmount.milliseconds(200)
        var window = ReceiveWindow(initial: 100, maximum: 400)
        #expect(round(&window, 0, bytes: 100, trip: trip) == 400)
        #expect(round(&window, 1, bytes: 100 + 300, trip: trip) == nil)
        window.received(400)
        window.readerStalled()
        #expect(round(&window, 3, bytes: 0, trip: trip) == 200)
    }

    @Test func `stays as it is on a long link when little comes, or the reader falls behind`() {
        let trip = TimeAmount.milliseconds(200)
        var idle = ReceiveWindow(initial: 100, maximum: 5000)
        for number in 0..<5 { #expect(round(&idle, number, bytes: 30, trip: trip) == nil) }
        var slow = ReceiveWindow(initial: 100, maximum: 5000)
        for number in 0..<5 {
            slow.readerStalled()
            #expect(round(&slow, number, bytes: 20, trip: trip) == nil)
            slow.readerStalled()
            #expect(round(&slow, number, bytes: 70, trip: trip) == nil)
        }
    }

    @Test func `grows on a short link for whoever reads most of a window in no time, up to four of the first`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        let trip = TimeAmount.microseconds(300)
        var sizes: [Int] = []
        for number in 0..<5 { sizes.append(round(&window, number, bytes: window.size, trip: trip) ?? window.size) }
        #expect(sizes == [100, 200, 400, 400, 400])
        var small = ReceiveWindow(initial: 100, maximum: 150)
        for number in 0..<3 { _ = round(&small, number, bytes: 100, trip: trip) }
        #expect(small.size == 150)
    }

    @Test func `stays as it is on a short link when windows take their time, or the reader falls behind`() {
        let trip = TimeAmount.microseconds(300)
        var slow = ReceiveWindow(initial: 100, maximum: 1000)
        for number in 0..<9 { #expect(round(&slow, number * 10, bytes: 100, trip: trip) == nil) }
        var behind = ReceiveWindow(initial: 100, maximum: 1000)
        for number in 0..<9 {
            behind.readerStalled()
            #expect(round(&behind, number, bytes: 100, trip: trip) == nil)
        }
    }

    @Test func `halves on a short link for a reader that fell behind by half a window`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        let trip = TimeAmount.microseconds(300)
        for number in 0..<3 { _ = round(&window, number, bytes: window.size, trip: trip) }
        #expect(window.size == 400)
        window.received(300)
        window.readerStalled()
        #expect(round(&window, 4, bytes: 0, trip: trip) == 200)
    }

    @Test(arguments: [30, 0, -50])
    func `grows on a short link by what the connection allows and no further`(allowance: Int) {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        for number in 0...4 {
            window.received(window.size)
            let now = start + .microseconds(300 * Int64(number))
            _ = window.read(window.size, now: now, roundTrip: .microseconds(300), allowance: allowance - window.grown)
        }
        #expect(window.grown == max(0, allowance))
    }

    @Test func `keeps on a short link what it had on a longer one`() {
        var window = ReceiveWindow(initial: 100, maximum: 1600)
        for number in 0...4 { _ = round(&window, number, bytes: window.size, trip: .milliseconds(20)) }
        #expect(window.size == 1600)
        for number in 500...505 { #expect(round(&window, number, bytes: 1600, trip: .microseconds(300)) == nil) }
        #expect(window.size == 1600)
    }

    @Test func `asks for no time where less than most of a window has come on a short link`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        window.received(60)
        var asked = 0
        func now() -> NIODeadline {
            asked += 1
            return start
        }
        #expect(window.read(60, now: now(), roundTrip: .microseconds(300), allowance: 1000) == nil)
        #expect(asked == 0)
    }

    @Test func `stays as it is when the round trip is unknown, or mostly idle`() {
        var idle = ReceiveWindow(initial: 100, maximum: 1000)
        for number in 0..<5 { #expect(round(&idle, number, bytes: 20, trip: .milliseconds(50)) == nil) }
        var unknown = ReceiveWindow(initial: 100, maximum: 1000)
        unknown.received(100)
        #expect(unknown.read(100, now: start, roundTrip: nil, allowance: 100) == nil)
    }

    @Test func `does not grow for a reader that fell behind in that round`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        let trip = TimeAmount.milliseconds(50)
        _ = round(&window, 0, bytes: 100, trip: trip)
        window.readerStalled()
        #expect(round(&window, 1, bytes: 100, trip: trip) == nil)
        #expect(round(&window, 2, bytes: 100, trip: trip) == 200)
    }

    @Test func `grows by what the connection allows and no further`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        let trip = TimeAmount.milliseconds(50)
        for number in 0...1 {
            window.received(100)
            let now = start + .milliseconds(50 * Int64(number))
            let grown = window.read(100, now: now, roundTrip: trip, allowance: 30)
            #expect(grown == (number == 0 ? nil : 130))
        }
        #expect(window.grown == 30)
    }

    @Test func `halves for a reader that fell behind by half a window, down to where it began`() {
        var window = ReceiveWindow(initial: 100, maximum: 400)
        let trip = TimeAmount.milliseconds(50)
        for number in 0...2 { _ = round(&window, number, bytes: window.size, trip: trip) }
        #expect(window.size == 400)
        var sizes: [Int] = []
        for number in 3...5 {
            window.received(300)
            window.readerStalled()
            sizes.append(round(&window, number, bytes: 0, trip: trip) ?? window.size)
        }
        #expect(sizes == [200, 100, 100])
    }

    @Test func `never counts more as read than was received`() {
        var window = ReceiveWindow(initial: 100, maximum: 1000)
        window.received(10)
        _ = window.read(50, now: start, roundTrip: nil, allowance: 100)
        #expect(window.unread == 0)
    }
}

struct FloodGuardTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func tally(resets: Int = 0, controlFrames: Int = 0, windowUpdates: Int = 0, glitches: Int = 0) -> FrameTally
    {
        FrameTally(resets: resets, controlFrames: controlFrames, windowUpdates: windowUpdates, glitches: glitches)
    }

    @Test func `allows the burst, refuses one more and refills with time`() {
        var guardian = FloodGuard(limits: HTTP2Limits(), now: start)
        #expect(guardian.admit(tally(resets: 1000), now: start) == nil)
        #expect(guardian.admit(tally(resets: 1), now: start) == .resets)
        #expect(guardian.admit(tally(resets: 33), now: start + .seconds(1)) == nil)
        #expect(guardian.admit(tally(resets: 1), now: start + .seconds(1)) == .resets)
    }

    @Test func `names the sort of frame that came too often`() {
        var guardian = FloodGuard(limits: HTTP2Limits(), now: start)
        #expect(guardian.admit(tally(controlFrames: 1001), now: start) == .controlFrames)
        #expect(guardian.admit(tally(windowUpdates: 1001), now: start) == .windowUpdates)
        #expect(guardian.admit(tally(glitches: 201), now: start) == .glitches)
    }

    @Test func `updates are paid for by DATA that went out before, and no more of them`() {
        var credit = UpdateCredit()
        #expect(credit.unpaid(5, framesSent: 0) == 5)
        #expect(credit.unpaid(0, framesSent: 3) == 0)
        #expect(credit.unpaid(20, framesSent: 0) == 0)
        #expect(credit.unpaid(20, framesSent: 0) == 10)
        #expect(credit.unpaid(0, framesSent: 1_000_000) == 0)
        #expect(credit.unpaid(20_000, framesSent: 0) == 20_000 - 10_240)
    }

    @Test func `never overflows after a long silence`() {
        var bucket = TokenBucket(.init(burst: 10, perSecond: 1_000_000), now: .uptimeNanoseconds(0))
        let late = NIODeadline.uptimeNanoseconds(UInt64(Int64.max))
        let first = bucket.take(10, now: late)
        let second = bucket.take(1, now: late)
        #expect(first && !second)
    }
}
