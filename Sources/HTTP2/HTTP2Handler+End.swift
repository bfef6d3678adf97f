import NIOCore

extension HTTP2Handler {
    /// Why a connection is over.
    package enum End: Sendable, Equatable {
        /// The peer closed it, or the network did.
        case peerClosed
        /// This end closed it.
        case closed
        /// The peer sent too much of one sort of frame; the word says of which.
        case flooded(String)
        /// The peer broke the protocol.
        case protocolViolation(String)
        /// The channel failed.
        case failed(String)
    }
}

// How a connection ends in order.
extension HTTP2Handler {
    /// How long the peer may take to close its side when it has been sent everything.
    private static let lingering = TimeAmount.seconds(2)

    /// Closes: after what is queued where the limits grant a ``HTTP2Limits/farewell``, else with what the socket takes at once.
    package func close() {
        guard !hasEnded else { return }
        pump()
        sayFarewell()
    }

    func closeAtOnce(_ reason: End) {
        end(reason)
        context?.close(promise: nil)
    }

    /// Closes at once where no farewell is granted; else says that nothing more comes once the peer has taken what is queued, and waits for it to close its side.
    ///
    /// To close while it still sends would reset the connection, and the reset would overtake the last bytes.
    private func sayFarewell() {
        guard !hasEnded, !saysFarewell else { return }
        guard let context, let patience = limits.farewell else { return closeAtOnce(.closed) }
        saysFarewell = true
        endFarewell(in: patience)
        do {
            // However full the socket is: no stream is open, so what the library still has is a frame or two.
            while let bytes = try session.produce(limit: Self.writeSize) {
                context.write(wrapOutboundOut(bytes), promise: nil)
            }
        } catch {
            return closeAtOnce(.closed)
        }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { [self] in
            self.context?.close(mode: .output, promise: nil)
            endFarewell(in: Self.lingering)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    private func endFarewell(in time: TimeAmount) {
        guard !hasEnded, let context else { return }
        farewellEnd?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        farewellEnd = context.eventLoop.scheduleTask(in: time) { bound.value.closeAtOnce(.closed) }
    }

    /// Both ends have said all they will, or the library has found fault with the peer and said GOAWAY by itself.
    func finish() {
        guard !hasEnded, !saysFarewell else { return }
        guard hasSaidGoAway || session.peerIsLeaving else {
            return closeAtOnce(.protocolViolation("the peer broke the rules of HTTP/2"))
        }
        sayFarewell()
    }
}
