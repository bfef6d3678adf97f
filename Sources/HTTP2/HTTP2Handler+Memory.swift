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
        if stream.isClosed, stream.unreadBytes == counted { behind[ObjectIdentifier(stream)] = nil }
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

    /// Gives the connection's credit back, or when too much is unread, keeps it and cuts the worst reader off.
    func relieveMemory() {
        returnHeldCredit()
        if budget.isExhausted { budget.evictLeftovers() }
        // Past the mark the next window of the peer might not fit into the connection's own budget any more.
        guard unread > limits.unreadMark || budget.isExhausted else { return }
        evictWorstReader()
        returnHeldCredit()
    }

    private func evictWorstReader() {
        let open = session.streamWithMostUnread
        let ended = behind.values.max { $0.stream.unreadBytes < $1.stream.unreadBytes }
        if let ended, ended.stream.unreadBytes > open?.unreadBytes ?? 0 { return evict(ended) }
        // A reader that is merely about to read is not to blame, whoever has used the memory up.
        guard let open, open.unreadBytes >= limits.initialStreamWindow / 4 else { return }
        open.wasEvicted = true
        reset(open, .enhanceYourCalm)
        forgetUnread(of: open)
    }

    private func evict(_ entry: Behind) {
        forgetUnread(of: entry.stream)
        entry.reader?.streamEvicted(entry.stream)
    }

    /// Lets go of all that readers keep of a connection that is over: nobody else would be cut off for them.
    func evictLeftovers() { for entry in Array(behind.values) { evict(entry) } }

    /// Counts a stream's bytes no longer, but for those that its reader keeps.
    func forgetUnread(of stream: HTTP2Stream, but kept: Int = 0) {
        let rest = stream.window.unread - kept
        if rest > 0 {
            _ = stream.window.read(rest, now: .now(), roundTrip: nil, allowance: 0)
            forget(rest)
        }
        if stream.window.unread == 0 { behind[ObjectIdentifier(stream)] = nil }
    }

    /// The connection is over: what readers keep is counted until they have taken it, and nothing else.
    func forgetAllButKept() {
        for entry in Array(behind.values) {
            forgetUnread(of: entry.stream, but: entry.reader?.bytesKept(of: entry.stream) ?? 0)
        }
        forget(unread - behind.values.reduce(0) { $0 + $1.stream.unreadBytes })
        isSettled = true
        if !behind.isEmpty { budget.left(self) }
    }

    private func forget(_ count: Int) {
        let counted = max(0, min(count, unread))
        unread -= counted
        budget.remove(counted)
    }

    /// Whether the peer may be waiting for credit that is kept back.
    package var withholdsCredit: Bool { heldCredit > 0 }

    func returnHeldCredit() {
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
