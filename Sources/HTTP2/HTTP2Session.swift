import CNGHTTP2
package import HTTPFields
package import NIOCore

/// One HTTP/2 connection in either role: bytes in; events and bytes out; no I/O and no clock.
///
/// The only owner of an nghttp2 session. The library's callbacks do nothing but record events; whoever feeds bytes or
/// takes bytes out collects them with ``takeEvents(into:)`` afterwards.
///
/// ## Concurrency
/// Belongs to one event loop; not `Sendable`.
@safe package final class HTTP2Session {
    /// Which end of HTTP/2 this is; whoever dialled the TCP connection has nothing to do with it.
    package enum Role: Sendable { case client, server }

    package let role: Role
    let limits: HTTP2Limits
    private var raw: OpaquePointer?

    // What the callbacks work on.
    var events: [HTTP2Event] = []
    var streams: [Int32: HTTP2Stream] = [:]
    var tally = FrameTally()
    var skipped = SkippedStreams()
    var incoming = HeadInProgress()
    var feeding: Feeding?
    var output: ByteBuffer
    var outputLimit = 0
    /// Bytes in all send queues.
    var queuedBytes = 0
    /// DATA frames sent since the connection began; each pays for ten WINDOW_UPDATE frames of the peer.
    var dataFramesSent = 0
    private var updateCredit = UpdateCredit()
    /// Set by the peer's GOAWAY: it takes no new streams.
    package internal(set) var peerIsLeaving = false
    private let lent = LentFields()

    /// The bytes that are being fed, so that DATA can be handed on as slices of them.
    @unsafe struct Feeding {
        let buffer: ByteBuffer
        let base: UnsafeRawPointer
    }

    package init(role: Role, limits: HTTP2Limits) throws(HTTP2Error) {
        self.role = role
        self.limits = limits
        output = ByteBufferAllocator().buffer(capacity: 16 * 1024)
        unsafe raw = try SessionFactory.make(role: role, limits: limits, owner: Unmanaged.passUnretained(self))
        try submitSettings()
    }

    deinit { unsafe nghttp2_session_del(raw) }

    /// How many streams are open.
    package var openStreams: Int { streams.count }

    /// Whether the library has nothing more to say and wants to hear nothing more.
    package var isFinished: Bool {
        unsafe nghttp2_session_want_read(raw) == 0 && nghttp2_session_want_write(raw) == 0
    }

    /// Whether ``produce(limit:)`` would have something to give.
    package var wantsToWrite: Bool { unsafe nghttp2_session_want_write(raw) != 0 }

    /// Takes bytes of the peer.
    ///
    /// - Throws: `protocolViolation` or `flooded` when nothing more can be made of the connection. What the library
    ///   still has to say about it (GOAWAY) is in the next ``produce(limit:)``.
    package func receive(_ bytes: ByteBuffer) throws(HTTP2Error) {
        let consumed = unsafe bytes.withUnsafeReadableBytes { region -> Int in
            guard let base = region.baseAddress else { return 0 }
            unsafe feeding = Feeding(buffer: bytes, base: base)
            defer { unsafe feeding = nil }
            return unsafe nghttp2_session_mem_recv(raw, base.assumingMemoryBound(to: UInt8.self), region.count)
        }
        guard consumed >= 0 else { throw SessionFactory.error(Int32(consumed)) }
        guard consumed == bytes.readableBytes || isFinished else {
            throw HTTP2Error(.protocolViolation, "the connection was ended in the middle of the bytes")
        }
    }

    /// The next bytes for the peer, about `limit` of them, or nil when there is nothing to say.
    ///
    /// The buffer is reused as soon as nobody else holds it.
    package func produce(limit: Int) throws(HTTP2Error) -> ByteBuffer? {
        output.clear()
        outputLimit = limit
        while output.readableBytes < limit {
            var start: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(raw, &start)
            guard count >= 0 else { throw SessionFactory.error(Int32(count)) }
            guard count > 0, let start = unsafe start else { break }
            unsafe output.writeBytes(UnsafeRawBufferPointer(start: start, count: count))
        }
        return output.readableBytes > 0 ? output : nil
    }

    /// Whether ``takeEvents(into:)`` would bring something.
    package var hasEvents: Bool { !events.isEmpty }

    /// Lets go of every stream when the connection is lost; the library is not asked any more.
    func abandonStreams() -> [HTTP2Stream] {
        let abandoned = Array(streams.values)
        streams = [:]
        for stream in abandoned {
            stream.isClosed = true
            queuedBytes -= stream.outbound.removeAll()
        }
        return abandoned
    }

    var streamWithMostUnread: HTTP2Stream? { streams.values.max { $0.unreadBytes < $1.unreadBytes } }

    /// Moves what has happened since the last call into `batch`, which must be empty; its memory is used again.
    package func takeEvents(into batch: inout [HTTP2Event]) { swap(&events, &batch) }

    /// What arrived of the suspicious sorts of frames since the last call.
    func takeTally() -> FrameTally {
        var taken = FrameTally()
        swap(&tally, &taken)
        taken.windowUpdates = updateCredit.unpaid(taken.windowUpdates, framesSent: dataFramesSent)
        dataFramesSent = 0
        return taken
    }

    private func peer(_ setting: nghttp2_settings_id) -> Int {
        Int(unsafe nghttp2_session_get_remote_settings(raw, setting))
    }

    func peerSettings() -> HTTP2Event.PeerSettings {
        HTTP2Event.PeerSettings(
            concurrentStreams: peer(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS),
            allowsExtendedConnect: peer(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1
        )
    }

    // MARK: Opening and answering

    /// Opens a stream (client role).
    ///
    /// - Parameters:
    ///   - fields: Pseudo-header fields first (RFC 9113, 8.3.1).
    ///   - ends: Whether END_STREAM goes with them.
    /// - Returns: The stream.
    /// - Throws: ``HTTP2Error`` with `noNewStreams` when the peer takes none.
    package func request(_ fields: FieldSection, ends: Bool) throws(HTTP2Error) -> HTTP2Stream {
        guard !peerIsLeaving else { throw HTTP2Error(.noNewStreams, "the peer said GOAWAY") }
        let stream = HTTP2Stream(id: 0, limits: limits)
        stream.outbound.isEnding = ends
        stream.hasSentEnd = ends
        let context = unsafe Unmanaged.passUnretained(stream).toOpaque()
        let id = unsafe lent.with(fields) { names, count in
            guard !ends else { return unsafe nghttp2_submit_request(raw, nil, names, count, nil, context) }
            var source = unsafe SessionFactory.dataSource()
            return unsafe nghttp2_submit_request(raw, nil, names, count, &source, context)
        }
        guard id >= 0 else { throw SessionFactory.error(id) }
        stream.id = id
        streams[id] = stream
        return stream
    }

    /// Answers a stream (server role) with its final head.
    ///
    /// - Parameters:
    ///   - fields: The head's.
    ///   - status: The status, when it does not stand among the fields; three digits, which is up to the caller.
    ///   - stream: Which one.
    ///   - ends: Whether END_STREAM goes with it.
    /// - Throws: ``HTTP2Error`` when the stream is over.
    package func respond(
        _ fields: FieldSection,
        status: Int? = nil,
        on stream: HTTP2Stream,
        ends: Bool
    ) throws(HTTP2Error) {
        guard !stream.isClosed else { throw HTTP2Error(.streamState, "respond on a closed stream") }
        stream.outbound.isEnding = ends
        stream.hasSentEnd = ends
        let code = unsafe lent.with(fields, status: status) { names, count in
            guard !ends else { return unsafe nghttp2_submit_response(raw, stream.id, names, count, nil) }
            var source = unsafe SessionFactory.dataSource()
            return unsafe nghttp2_submit_response(raw, stream.id, names, count, &source)
        }
        try check(code)
    }

    /// Sends an interim response (server role; RFC 9110, 15.2).
    package func inform(_ fields: FieldSection, on stream: HTTP2Stream) throws(HTTP2Error) {
        guard !stream.isClosed else { throw HTTP2Error(.streamState, "inform on a closed stream") }
        let code = unsafe lent.with(fields) { names, count in
            unsafe nghttp2_submit_headers(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, names, count, nil)
        }
        try check(code)
    }

    /// Sends a trailer section; the library calls for it when the last byte before it has gone.
    func submitTrailers(_ fields: FieldSection, on stream: HTTP2Stream) -> Int32 {
        unsafe lent.with(fields) { names, count in unsafe nghttp2_submit_trailer(raw, stream.id, names, count) }
    }

    // MARK: Bodies

    /// Queues bytes of a body.
    ///
    /// - Returns: Whether the source may go on; when not, `.writable` follows.
    package func send(_ data: ByteBuffer, on stream: HTTP2Stream) -> Bool {
        guard !stream.isClosed, !stream.outbound.isEnding else { return true }
        stream.outbound.append(data)
        queuedBytes += data.readableBytes
        resume(stream)
        let crowded = queuedBytes > limits.connectionSendQueue
        guard stream.queuedBytes > (crowded ? limits.streamSendQueue / 8 : limits.streamSendQueue) else { return true }
        stream.sourceIsWaiting = true
        return false
    }

    /// Ends our side of the stream, with a trailer section when there is one.
    package func finish(_ stream: HTTP2Stream, trailers: FieldSection?) {
        guard !stream.isClosed, !stream.outbound.isEnding else { return }
        stream.outbound.isEnding = true
        stream.outbound.trailers = trailers
        resume(stream)
    }

    private func resume(_ stream: HTTP2Stream) {
        guard stream.isDeferred else { return }
        stream.isDeferred = false
        // An error here means that the stream has no body to resume any more, which its closing will tell.
        _ = unsafe nghttp2_session_resume_data(raw, stream.id)
    }

    /// Gives credit for bytes back to the peer: the connection's at once, the stream's when its reader took them.
    func returnConnectionCredit(_ count: Int) {
        guard count > 0 else { return }
        _ = unsafe nghttp2_session_consume_connection(raw, count)
    }

    func returnStreamCredit(_ count: Int, on stream: HTTP2Stream) {
        guard count > 0, !stream.isClosed else { return }
        _ = unsafe nghttp2_session_consume_stream(raw, stream.id, count)
    }

    func setWindow(of stream: HTTP2Stream, to size: Int) {
        guard !stream.isClosed else { return }
        let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        _ = unsafe nghttp2_session_set_local_window_size(raw, flags, stream.id, Int32(clamping: size))
    }

    // MARK: The connection as a whole

    /// Ends one stream at once.
    package func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        guard !stream.isClosed else { return }
        stream.endIsExplained = true
        _ = unsafe nghttp2_submit_rst_stream(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    }

    /// Asks the peer to echo eight bytes.
    package func ping(_ payload: UInt64) throws(HTTP2Error) {
        try check(
            unsafe withUnsafeBytes(of: payload.bigEndian) { bytes in
                unsafe nghttp2_submit_ping(
                    raw,
                    UInt8(NGHTTP2_FLAG_NONE.rawValue),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
            }
        )
    }

    /// Tells the peer that no new streams are taken, and why, in at most 1 KiB of debug data.
    package func goAway(_ code: HTTP2ErrorCode, debug: String) throws(HTTP2Error) {
        let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        let last = unsafe nghttp2_session_get_last_proc_stream_id(raw)
        let text = Array(debug.utf8.prefix(1024))
        try check(
            unsafe text.withUnsafeBufferPointer { bytes in
                unsafe nghttp2_submit_goaway(raw, flags, last, code.rawValue, bytes.baseAddress, bytes.count)
            }
        )
    }

    private func submitSettings() throws(HTTP2Error) {
        let entries = SessionFactory.settings(role: role, limits: limits)
        let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        try check(unsafe nghttp2_submit_settings(raw, flags, entries, entries.count))
        try check(
            unsafe nghttp2_session_set_local_window_size(raw, flags, 0, Int32(clamping: limits.connectionWindow))
        )
    }

    private func check(_ code: Int32) throws(HTTP2Error) {
        guard code >= 0 else { throw SessionFactory.error(code) }
    }
}
