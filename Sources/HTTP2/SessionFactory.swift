import CNGHTTP2

/// Makes nghttp2 sessions with the limits and callbacks of ours.
@safe enum SessionFactory {
    static func make(
        role: HTTP2Session.Role,
        limits: HTTP2Limits,
        owner: Unmanaged<HTTP2Session>
    ) throws(HTTP2Error) -> OpaquePointer {
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        defer {
            unsafe nghttp2_session_callbacks_del(callbacks)
            unsafe nghttp2_option_del(options)
        }
        guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0, unsafe nghttp2_option_new(&options) == 0,
            let callbacks = unsafe callbacks, let options = unsafe options
        else { throw HTTP2Error(.outOfMemory, "session options") }
        unsafe SessionCallbacks.install(callbacks)
        unsafe set(options, from: limits)

        var session: OpaquePointer?
        let context = unsafe owner.toOpaque()
        let code =
            switch role {
            case .client: unsafe nghttp2_session_client_new2(&session, callbacks, context, options)
            case .server: unsafe nghttp2_session_server_new2(&session, callbacks, context, options)
            }
        guard code == 0, let session = unsafe session else { throw error(code) }
        return unsafe session
    }

    private static func set(_ options: OpaquePointer, from limits: HTTP2Limits) {
        // Credit goes back when the reader has taken the bytes, which only we know.
        unsafe nghttp2_option_set_no_auto_window_update(options, 1)
        // What the peer may open before its SETTINGS arrive.
        unsafe nghttp2_option_set_peer_max_concurrent_streams(options, 1000)
        unsafe nghttp2_option_set_max_outbound_ack(options, 1000)
        unsafe nghttp2_option_set_max_settings(options, 32)
        unsafe nghttp2_option_set_max_continuations(options, 8)
        unsafe nghttp2_option_set_stream_reset_rate_limit(
            options,
            UInt64(limits.resets.burst),
            UInt64(limits.resets.perSecond)
        )
    }

    /// What a session tells its peer first (RFC 9113, 6.5.2, and RFC 8441, 3).
    static func settings(role: HTTP2Session.Role, limits: HTTP2Limits) -> [nghttp2_settings_entry] {
        func entry(_ setting: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(setting.rawValue), value: UInt32(value))
        }
        var entries = [
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.initialStreamWindow),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.fieldSectionSize),
        ]
        // What is no more than the default need not be said.
        if limits.frameSize > 16 * 1024 { entries.append(entry(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, limits.frameSize)) }
        switch role {
        case .client: entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
        case .server:
            entries.append(entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrentStreams))
            entries.append(entry(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1))
        }
        return entries
    }

    /// The source of a stream's body: found by stream identifier, so no pointer of ours is kept in the library.
    static func dataSource() -> nghttp2_data_provider {
        unsafe nghttp2_data_provider(
            source: nghttp2_data_source(fd: 0),
            read_callback: { _, id, _, length, flags, _, owner in
                guard let owner = unsafe owner, let flags = unsafe flags else {
                    return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
                }
                return unsafe Unmanaged<HTTP2Session>.fromOpaque(owner)._withUnsafeGuaranteedRef {
                    unsafe $0.sourceRead(id, length: length, flags: flags)
                }
            }
        )
    }

    static func error(_ code: Int32) -> HTTP2Error {
        let detail = unsafe String(cString: nghttp2_strerror(code))
        switch code {
        case NGHTTP2_ERR_NOMEM.rawValue: return HTTP2Error(.outOfMemory, detail)
        case NGHTTP2_ERR_FLOODED.rawValue: return HTTP2Error(.flooded, detail)
        case NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE.rawValue, NGHTTP2_ERR_START_STREAM_NOT_ALLOWED.rawValue:
            return HTTP2Error(.noNewStreams, detail)
        case NGHTTP2_ERR_STREAM_CLOSED.rawValue, NGHTTP2_ERR_INVALID_STREAM_STATE.rawValue,
            NGHTTP2_ERR_DATA_EXIST.rawValue, NGHTTP2_ERR_INVALID_ARGUMENT.rawValue,
            NGHTTP2_ERR_INVALID_STREAM_ID.rawValue:
            return HTTP2Error(.streamState, detail)
        default: return HTTP2Error(.protocolViolation, detail)
        }
    }
}
