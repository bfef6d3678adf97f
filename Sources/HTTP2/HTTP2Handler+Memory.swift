import NIOCore

// Credit and memory: what readers have not taken is counted, and paid for with the peer's credit.
extension HTTP2Handler {
    /// A reader has let go of bytes that it received: the peer may send as many again.
    ///
    /// - Parameters:
    ///   - count: How many bytes of the body.
    ///   - stream: The stream that they came on.
    package func taken(_ count: Int, on stream: HTTP2Stream) {
        let counted = min(count, stream.window.unread)
        guard counted > 0 else { return }
        forget(counted)
        resizeWindow(of: stream, readerTook: counted)
        session.returnStreamCredit(counted, on: stream)
        returnHeldCredit()
        schedulePump()
    }

    private func resizeWindow(of stream: HTTP2Stream, readerTook count: Int) {
        // A closed stream has given its share of the allowance back already.
        let trip = stream.isClosed ? nil : roundTrip
        let before = stream.window.grown
        let allowance = limits.windowGrowth - windowsGrown
        guard let size = stream.window.read(count, now: .now(), roundTrip: trip, allowance: allowance) else { return }
        windowsGrown += stream.window.grown - before
        session.setWindow(of: stream, to: size)
    }

    /// The reader of a stream cannot take more at present, so its window should not grow.
    package func readerStalled(on stream: HTTP2Stream) { stream.window.readerStalled() }

    /// Gives the connection's credit back, or when too much is unread, keeps it and ends the worst stream.
    func relieveMemory() {
        returnHeldCredit()
        // Past this mark the next window of the peer might not fit into the budget any more.
        guard unread > limits.unreadMark else { return }
        guard let worst = session.streamWithMostUnread, worst.unreadBytes > 0 else { return }
        reset(worst, .enhanceYourCalm)
        forgetUnread(of: worst)
        returnHeldCredit()
    }

    func forgetUnread(of stream: HTTP2Stream) {
        let rest = stream.window.unread
        _ = stream.window.read(rest, now: .now(), roundTrip: nil, allowance: 0)
        forget(rest)
    }

    private func forget(_ count: Int) {
        let counted = min(count, unread)
        unread -= counted
        budget.remove(counted)
    }

    private func returnHeldCredit() {
        guard heldCredit > 0 else { return }
        guard !budget.isExhausted else { return waitForBudget() }
        guard unread <= limits.unreadMark else { return }
        session.returnConnectionCredit(heldCredit)
        heldCredit = 0
    }

    private func waitForBudget() {
        guard !waitsForBudget, let context else { return }
        waitsForBudget = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        budget.whenAvailable { [weak handler = bound.value] in
            guard let handler else { return }
            handler.waitsForBudget = false
            handler.returnHeldCredit()
            handler.schedulePump()
        }
    }
}
