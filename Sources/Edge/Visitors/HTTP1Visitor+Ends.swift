import CoreMetrics
import HTTP1
import HTTP2
import NIOCore

/// How requests, patience and the connection end.
extension HTTP1Visitor {
    // MARK: The end of an exchange

    /// The response is complete: the next request's turn, or the end of the connection.
    func exchangeEnded(keepsAlive: Bool) {
        exchange = nil
        head = nil
        // An empty buffer still holds the memory of a whole read, which a visitor who rests must not.
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        let requestWasRead = awaitsResponse
        visitorEnds = visitorEnds && requestWasRead && !isRaw
        awaitsResponse = false
        bodyIsBlocked = false
        // A request whose body nobody will read leaves bytes behind that are not the next request.
        guard keepsAlive, requestWasRead, !core.isDraining, !isClosing else { return closeAfterFlush() }
        expectHead(
            within: isWithinHead ? core.configuration.headDeadline : core.configuration.keepAliveDeadline
        )
        flush()
        guard let context, buffer.readableBytes > 0 || readIsWanted else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        // On the next tick: a pipeline of short answers must not become recursion.
        context.eventLoop.execute {
            bound.value.process()
            // What the next request is told before its response, that it may go on, must not wait for another read.
            bound.value.flush()
            bound.value.resumeReading()
        }
    }

    func expectHead(within time: TimeAmount) {
        guard let context else { return }
        times?.expect(at: context.eventLoop.now + time)
    }

    func timeHasCome() {
        guard let context else { return }
        let now = context.eventLoop.now
        if times?.readerIsDue(at: now) == true,
            times?.looked(waiting: context.channel.waitingBytes, at: now) == .isLate
        {
            core.metrics.slowReaders.increment()
            return context.channel.closeWithReset()
        }
        if times?.isLate(at: now) == true {
            if isLingering { context.close(promise: nil) } else { headIsLate() }
        }
        times?.wait()
    }

    private func headIsLate() {
        guard exchange == nil, !isClosing else { return }
        guard speaksHTTP1 else { return closeSilently() }
        isClosing = true
        if buffer.readableBytes > 0 {
            let late = EdgeFailure.bodyTimeout
            let page = core.refused(status: 408, sentence: late.sentence, peer: peer, failure: .answered(late))
            outbound.writeImmutableBuffer(page.bytes(closes: true))
        }
        closeAfterFlush()
    }

    func closeWhenIdle() {
        guard exchange == nil, !isClosing else { return }
        if speaksHTTP1 { closeAfterFlush() } else { closeSilently() }
    }

    /// Nothing has been asked for yet, so there is nothing to be answered.
    private func closeSilently() {
        isClosing = true
        context?.close(promise: nil)
    }

    /// Says that nothing more comes, and waits a little for the visitor to say so too.
    ///
    /// Closing while it is still sending would reset the connection, and the reset would overtake the last answer. A
    /// visitor that has said that it sends no more (RFC 9112, 9.6) is not waited for.
    func closeAfterFlush() {
        isClosing = true
        let sendsNoMore = visitorEnds && buffer.readableBytes == 0
        buffer = ByteBuffer()
        times?.rest()
        flush()
        guard let context else { return }
        guard context.channel.waitingBytes > 0 else {
            if sendsNoMore { context.close(promise: nil) } else { linger() }
            return
        }
        let visitor = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in visitor.value.linger() }
        resumeReading()
    }

    /// All has been written: what the visitor still sends is thrown away until it has seen the end.
    private func linger() {
        guard let context else { return }
        isLingering = true
        times?.expect(at: context.eventLoop.now + Self.lingering)
        context.close(mode: .output, promise: nil)
        resumeReading()
    }

    /// The response cannot be completed: the visitor must see that it was cut.
    func abort() {
        isClosing = true
        let exchange = self.exchange
        self.exchange = nil
        exchange?.visitorLeft()
        guard let context else { return }
        // A reset instead of a FIN: without a length or chunks, a FIN would look like a good end.
        context.channel.closeWithReset()
    }
}
