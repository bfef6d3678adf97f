package import HTTPFields
import NIOCore

/// What RFC 9110 says about fields that belong to one connection, and about trailers.
package enum HopByHop {
    /// Whether a field ends at this hop: the fixed ones (RFC 9110, 7.6.1) and those that Connection names.
    package static func isConnectionSpecific(_ fields: FieldSection, at index: Int) -> Bool {
        if isFixed(fields, at: index) { return true }
        // A client that takes trailers must name TE in Connection (RFC 9110, 10.1.4), which does not end it here.
        return !fields.is(.te, at: index) && nominates(fields, fields.name(at: index))
    }

    /// The same for each field of one section in turn, which is searched for Connection only once.
    ///
    /// It keeps nothing of the section, which is asked about with every field.
    package struct Section {
        private let nominates: Bool

        package init(_ fields: FieldSection) { self.init(nominates: HopByHop.nominates(fields)) }

        /// For a caller who knows whether a Connection field may name others.
        init(nominates: Bool) { self.nominates = nominates }

        package func isConnectionSpecific(_ fields: FieldSection, at index: Int) -> Bool {
            guard !nominates else { return HopByHop.isConnectionSpecific(fields, at: index) }
            return isFixed(fields, at: index)
        }
    }

    private static func isFixed(_ fields: FieldSection, at index: Int) -> Bool {
        guard !fields.entries[index].isAlias else { return false }
        switch fields.entries[index].name {
        case .connection, .http2Settings, .keepAlive, .proxyConnection, .transferEncoding, .upgrade: return true
        // RFC 9113, 8.2.2: `trailers` is all that TE may say beyond this hop.
        case .te: return !fields.valueEquals("trailers", at: index)
        case .other, .authority, .method, .path, .protocol, .scheme, .status, .accept, .contentLength, .cookie, .expect,
            .forwarded, .host, .proxyStatus, .secWebSocketAccept, .secWebSocketKey, .traceparent, .tracestate,
            .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto, .xRealIP, .xRequestID:
            return false
        }
    }

    /// Whether any field is a Connection that may name others.
    static func nominates(_ fields: FieldSection) -> Bool {
        for index in fields.entries.indices where fields.entries[index].name == .connection {
            if nominates(fields, at: index) { return true }
        }
        return false
    }

    /// Whether the field at `index` is a Connection that may name others.
    private static func nominates(_ fields: FieldSection, at index: Int) -> Bool {
        guard fields.is(.connection, at: index) else { return false }
        // By far the most common ones, and no field is called so.
        return !fields.valueEquals("keep-alive", at: index) && !fields.valueEquals("close", at: index)
    }

    /// Whether a Connection field names that field.
    private static func nominates(_ fields: FieldSection, _ name: ByteBufferView) -> Bool {
        for index in fields.entries.indices where nominates(fields, at: index) {
            let isNamed = ListTokens(fields.value(at: index)).contains { option in
                option.count == name.count
                    && option.elementsEqual(name) { $0.lowercasedASCII == $1.lowercasedASCII }
            }
            if isNamed { return true }
        }
        return false
    }

    /// Fields that frame, route or authenticate a message; a trailer must not carry them (RFC 9110, 6.5.1).
    private static let forbiddenTrailers = [
        "authorization", "cache-control", "connection", "content-encoding", "content-length", "content-range",
        "content-type", "cookie", "expect", "forwarded", "host", "keep-alive", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "range", "set-cookie", "te", "trailer",
        "transfer-encoding", "upgrade", "vary", "www-authenticate", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-port", "x-forwarded-proto", "x-real-ip", "x-request-id",
    ]

    /// The trailers that may be passed on; `head` has the fields before the body when Connection may name a trailer.
    package static func allowedTrailers(_ trailers: FieldSection, head: FieldSection? = nil) -> FieldSection {
        var allowed = FieldSection(capacity: 128, fields: trailers.count)
        for index in trailers.entries.indices {
            let name = trailers.name(at: index)
            guard !forbiddenTrailers.contains(where: name.mayPassFor) else { continue }
            if let head, nominates(head, name) { continue }
            allowed.append(name: name, value: trailers.value(at: index))
        }
        return allowed
    }
}
