import CNGHTTP2
import HTTPFields
import NIOCore

/// What nghttp2 calls; each entry finds the session and records what happened there.
@safe enum SessionCallbacks {
    static func install(_ callbacks: OpaquePointer) {
        unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, owner in
            guard let header = unsafe header else { return failure }
            return unsafe told(owner) { unsafe $0.frameBegan(header.pointee) }
        }
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, owner in
            guard let frame = unsafe frame else { return failure }
            return unsafe told(owner) { unsafe $0.headBegan(frame.pointee.hd) }
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _,
            _,
            name,
            nameLength,
            value,
            valueLength,
            _,
            owner in
            unsafe told(owner) { session in
                unsafe session.field(
                    UnsafeRawBufferPointer(start: name, count: nameLength),
                    UnsafeRawBufferPointer(start: value, count: valueLength)
                )
            }
        }
        unsafe nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, _, _, _, _, _, owner in
            // RFC 9113, 8.1.1: a malformed message is a stream error; without this, the field would vanish silently.
            unsafe told(owner) { session in
                session.tally.glitches += 1
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
            }
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, owner in
            guard let frame = unsafe frame else { return failure }
            return unsafe told(owner) { session in
                unsafe session.frameEnded(frame)
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, _, owner in
            let id = unsafe frame?.pointee.hd.stream_id ?? 0
            return unsafe told(owner) { session in
                session.tally.glitches += 1
                session.streams[id]?.endIsExplained = true
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _,
            _,
            id,
            bytes,
            length,
            owner in
            guard let bytes = unsafe bytes else { return failure }
            return unsafe told(owner) { session in
                unsafe session.dataArrived(id, UnsafeRawPointer(bytes), length)
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, owner in
            unsafe told(owner) { session in
                session.streamClosed(id, HTTP2ErrorCode(rawValue: code))
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks) {
            _,
            _,
            _,
            _,
            _,
            allowed,
            _ in
            min(Int(allowed), HTTP2Limits.largestFrameSent)
        }
        unsafe nghttp2_session_callbacks_set_send_data_callback(callbacks) {
            _,
            frame,
            header,
            length,
            _,
            owner in
            guard let frame = unsafe frame, let header = unsafe header else { return failure }
            return unsafe told(owner) { unsafe $0.sendData(frame.pointee.hd.stream_id, header: header, length: length) }
        }
    }
}

private let failure = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

/// Tells the session that a callback is about.
///
/// It outlives its callbacks, so no reference is counted: there are twenty callbacks in a request.
@inline(__always)
private func told(_ owner: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Int32) -> Int32 {
    guard let owner = unsafe owner else { return failure }
    return unsafe Unmanaged<HTTP2Session>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
}

// What the callbacks record. Each is called by nghttp2 in the middle of feeding or sending, so none may call out.
extension HTTP2Session {
    func frameBegan(_ header: nghttp2_frame_hd) -> Int32 {
        switch UInt32(header.type) {
        case NGHTTP2_DATA.rawValue:
            let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            if header.length == 0, !ends { tally.glitches += 1 }
        case NGHTTP2_HEADERS.rawValue:
            guard role == .client || skipped.admit(header.stream_id) else { return failure }
        case NGHTTP2_CONTINUATION.rawValue: break
        case NGHTTP2_RST_STREAM.rawValue: tally.resets += 1
        case NGHTTP2_WINDOW_UPDATE.rawValue: tally.windowUpdates += 1
        default: tally.controlFrames += 1
        }
        return 0
    }

    func headBegan(_ header: nghttp2_frame_hd) -> Int32 {
        guard UInt32(header.type) == NGHTTP2_HEADERS.rawValue else {
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        let id = header.stream_id
        if let stream = streams[id] {
            incoming.begin(stream)
        } else if role == .server {
            let opened = HTTP2Stream(id: id, limits: limits)
            streams[id] = opened
            incoming.begin(opened)
        } else {
            incoming.begin(nil)
        }
        return 0
    }

    func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Int32 {
        // RFC 9113, 6.5.2 counts 32 bytes a field: one byte on the wire must not buy unlimited memory here.
        incoming.size += name.count + value.count + 32
        guard incoming.size <= limits.fieldSectionSize, incoming.count < limits.fieldCount else {
            tally.glitches += 1
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        incoming.count += 1
        unsafe incoming.fields.append(name: name.bytes, value: value.bytes)
        return 0
    }

    func frameEnded(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = unsafe frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue: headEnded(header)
        case NGHTTP2_DATA.rawValue:
            guard Self.endsStream(header), let stream = streams[header.stream_id] else { return }
            // What the frame ends is told in order: the bytes before it may not have reached their reader yet.
            events.append(.ended(stream))
        case NGHTTP2_SETTINGS.rawValue:
            guard header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 else { return }
            events.append(.settings(peerSettings()))
        case NGHTTP2_PING.rawValue:
            guard header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 else { return }
            let payload = unsafe withUnsafeBytes(of: frame.pointee.ping.opaque_data) {
                unsafe $0.loadUnaligned(as: UInt64.self)
            }
            events.append(.pong(UInt64(bigEndian: payload)))
        case NGHTTP2_RST_STREAM.rawValue:
            streams[header.stream_id]?.wasResetByPeer = true
            streams[header.stream_id]?.endIsExplained = true
        case NGHTTP2_GOAWAY.rawValue: unsafe recordGoAway(frame.pointee.goaway)
        default: break
        }
    }

    private static func endsStream(_ header: nghttp2_frame_hd) -> Bool {
        header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    }

    private func headEnded(_ header: nghttp2_frame_hd) {
        guard let stream = incoming.stream, stream.id == header.stream_id else { return }
        let fields = incoming.takeFields()
        let kind = kind(of: fields, on: stream)
        if kind == .informational {
            stream.informationalCount += 1
            guard stream.informationalCount <= limits.informationalResponses else {
                tally.glitches += 1
                return reset(stream, .enhanceYourCalm)
            }
        } else {
            stream.hasFinalHead = true
        }
        let ends = Self.endsStream(header)
        // Trailers may arrive before the head has been told, and end the stream without making its body vanish.
        if kind != .trailers { stream.endedWithHead = ends }
        events.append(.head(stream, fields, kind))
        if ends { events.append(.ended(stream)) }
    }

    private func kind(of fields: FieldSection, on stream: HTTP2Stream) -> HTTP2Event.HeadKind {
        if stream.hasFinalHead { return .trailers }
        guard role == .client else { return .request }
        // `:status` is three digits (the library checks); 1xx are interim (RFC 9110, 15.2).
        return fields.hasInterimStatus ? .informational : .response
    }

    private func recordGoAway(_ frame: nghttp2_goaway) {
        peerIsLeaving = true
        var debug = ByteBuffer()
        if let bytes = unsafe frame.opaque_data, unsafe frame.opaque_data_len > 0 {
            unsafe debug.writeBytes(UnsafeRawBufferPointer(start: bytes, count: min(frame.opaque_data_len, 1024)))
        }
        unsafe events.append(.goAway(HTTP2ErrorCode(rawValue: frame.error_code), debug: debug))
    }

    func dataArrived(_ id: Int32, _ bytes: UnsafeRawPointer, _ length: Int) {
        guard let stream = streams[id], let feeding = unsafe feeding else { return }
        let offset = unsafe bytes - feeding.base
        let start = unsafe feeding.buffer.readerIndex + offset
        guard let slice = unsafe feeding.buffer.getSlice(at: start, length: length) else { return }
        stream.window.received(length)
        events.append(.data(stream, slice))
    }

    func streamClosed(_ id: Int32, _ code: HTTP2ErrorCode) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        stream.isClosed = true
        // A body that is not as long as its head says is reset by the library without a word (RFC 9113, 8.1.1): no good peer
        // makes it do so, and a bad one would have streams opened and reset without an end.
        if code == .protocolError, !stream.endIsExplained { tally.glitches += 1 }
        // A code on the wire must not pass for a sign of our own.
        let code = code == .connectionLost ? .internalError : code
        queuedBytes -= stream.outbound.removeAll()
        events.append(.closed(stream, code))
    }

    /// The library asks how many bytes of a body it may send next.
    func sourceRead(_ id: Int32, length: Int, flags: UnsafeMutablePointer<UInt32>) -> Int {
        guard let stream = streams[id] else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        let count = min(length, stream.outbound.byteCount)
        if count == stream.outbound.byteCount, stream.outbound.isEnding {
            unsafe flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            stream.hasSentEnd = true
            if let trailers = stream.outbound.trailers {
                unsafe flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                stream.outbound.trailers = nil
                guard submitTrailers(trailers, on: stream) == 0 else {
                    return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
                }
            }
        } else if count == 0 {
            stream.isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        if count > 0 { unsafe flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
        return count
    }

    /// The library sends a DATA frame: its header, then the bytes straight from the stream's queue.
    func sendData(_ id: Int32, header: UnsafePointer<UInt8>, length: Int) -> Int32 {
        // The library then has nothing to say until it is asked again.
        guard output.readableBytes < outputLimit else { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
        guard let stream = streams[id] else { return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue }
        unsafe output.writeBytes(UnsafeRawBufferPointer(start: header, count: 9))
        stream.outbound.move(length, to: &output)
        queuedBytes -= length
        dataFramesSent += 1
        if stream.sourceIsWaiting, stream.queuedBytes <= limits.streamSendQueue / 4 {
            stream.sourceIsWaiting = false
            events.append(.writable(stream))
        }
        return 0
    }
}

extension FieldSection {
    fileprivate var hasInterimStatus: Bool {
        guard let index = firstIndex(of: .status), entries[index].valueLength > 0 else { return false }
        return storage.readableBytesUInt8Span[Int(entries[index].valueOffset)] == UInt8(ascii: "1")
    }
}
