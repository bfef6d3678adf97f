package import NIOCore
import NIOHTTP1
import NIOPosix

extension AdminClient {
    /// What is asked for a streamed answer.
    package enum Question: Sendable {
        case get
        /// With a body of JSON.
        case post(ByteBuffer)
    }

    /// Asks for a streamed answer and hands it to `consume` line by line, as the lines come.
    ///
    /// The connection lasts as long as `consume` does: that it returns, throws or is cancelled tells the other side.
    ///
    /// - Parameters:
    ///   - question: The method, and the body when there is one.
    ///   - path: With its query.
    ///   - address: Who is asked.
    ///   - limits: How long until the head, and how much of a line is kept.
    ///   - consume: Gets the answer whatever its status.
    /// - Returns: What `consume` returns.
    /// - Throws: ``AdminError``, and what `consume` throws.
    package static func lines<Value: Sendable>(
        _ question: Question,
        _ path: String,
        at address: AdminAddress,
        limits: Limits = .standard,
        _ consume: (inout AdminLines) async throws -> Value
    ) async throws -> Value {
        let (method, body): (HTTPMethod, ByteBuffer) =
            switch question {
            case .get: (.GET, ByteBuffer())
            case .post(let body): (.POST, body)
            }
        let group = MultiThreadedEventLoopGroup.singleton
        let connection = try await connect(to: address, within: limits.deadline, group)
        let channel = connection.channel
        return try await connection.executeThenClose { parts, outbound in
            // The parts can only be read here, so the deadline ends the connection rather than the reading.
            let end = NIODeadline.now() + TimeAmount(limits.deadline)
            let deadline = channel.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
            defer { deadline.cancel() }
            await send(method, path, body: body, host: host(of: address), outbound)
            var lines = try await AdminLines(parts.makeAsyncIterator(), limits, by: end)
            deadline.cancel()
            return try await consume(&lines)
        }
    }
}

/// A streamed answer, cut into lines.
package struct AdminLines {
    private typealias Parts = NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

    /// The status of the answer.
    package let status: Int
    /// What the answer says it is.
    package let contentType: String
    private var parts: Parts
    private let limits: AdminClient.Limits
    private var pending = ByteBuffer()
    /// How much of `pending` is known to have no end of line in it.
    private var searched = 0
    private var hasEnded = false

    /// - Parameters:
    ///   - parts: The answer.
    ///   - limits: How much of a line is kept.
    ///   - deadline: When the connection is ended for want of a head.
    /// - Throws: ``AdminError`` with `timedOut` when that time had come, and with `answerCut` when it had not.
    init(
        _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator,
        _ limits: AdminClient.Limits,
        by deadline: NIODeadline
    ) async throws {
        self.parts = parts
        self.limits = limits
        guard case .head(let head)? = try await Self.next(&self.parts) else {
            throw AdminError(.now() < deadline ? .answerCut : .timedOut)
        }
        status = Int(head.status.code)
        contentType = head.headers.first(name: "content-type") ?? ""
    }

    /// The next line without its end; nil when the answer is complete.
    ///
    /// - Throws: ``AdminError`` with `answerCut` when the connection ended before the answer, and with `answerTooLong`
    ///   for a line beyond the limit.
    package mutating func next() async throws -> ByteBuffer? {
        while true {
            let bytes = pending.readableBytesView
            if let end = bytes.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending.readSlice(length: end - bytes.startIndex)
                pending.moveReaderIndex(forwardBy: 1)
                pending.discardReadBytes()
                searched = 0
                return line
            }
            searched = bytes.count
            guard searched <= limits.lineBytes else { throw AdminError(.answerTooLong) }
            guard try await readOn() else { return takeRest() }
        }
    }

    /// Everything that is left, as one: for an answer that turns out to be a refusal.
    package mutating func rest() async throws -> ByteBuffer {
        while try await readOn() {
            guard pending.readableBytes <= limits.bodyBytes else { throw AdminError(.answerTooLong) }
        }
        return takeRest() ?? ByteBuffer()
    }

    private mutating func takeRest() -> ByteBuffer? {
        searched = 0
        guard pending.readableBytes > 0 else { return nil }
        defer { pending.clear() }
        return pending
    }

    /// False at the end of the answer.
    private mutating func readOn() async throws -> Bool {
        if hasEnded { return false }
        switch try await Self.next(&parts) {
        case .body(var bytes):
            pending.writeBuffer(&bytes)
            return true
        case .end:
            hasEnded = true
            return false
        case .head, nil:
            throw AdminError(.answerCut)
        }
    }

    private static func next(_ parts: inout Parts) async throws -> HTTPClientResponsePart? {
        do {
            return try await parts.next(isolation: #isolation)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw AdminError(.answerCut, cause: error)
        }
    }
}
