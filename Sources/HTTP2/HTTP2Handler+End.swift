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
