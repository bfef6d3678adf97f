package import NIOCore

/// Writes the body of a streamed answer.
package typealias AdminBodyProducer = @Sendable (AdminBodyWriter) async throws -> Void

/// Where a producer puts the pieces of a body.
package struct AdminBodyWriter: Sendable {
    let outbound: NIOAsyncChannelOutboundWriter<AdminAnswerPart>

    /// Sends one piece at once; waits while the caller is slow to take what was sent before.
    ///
    /// - Throws: When the caller has left, or has taken nothing for as long as the server allows.
    package func write(_ piece: ByteBuffer) async throws {
        // An empty chunk would read as the end of the body.
        guard piece.readableBytes > 0 else { return }
        try await outbound.write(.piece(piece))
    }
}

/// What the task of a connection hands to its codec.
enum AdminAnswerPart: Sendable {
    case whole(AdminResponse)
    case head(AdminResponse)
    case piece(ByteBuffer)
    case end
}
