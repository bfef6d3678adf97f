package import HTTPFields
import NIOCore

/// What RFC 9110 says about fields that belong to one connection, and about trailers.
package enum HopByHop {
    /// Whether a field ends at this hop: the fixed ones (RFC 9110, 7.6.1) and those that Connection names.
    package static func isConnectionSpecific(_ fields: FieldSection, at index: Int) -> Bool {
        switch fields.entries[index].nameLength {
        // RFC 9113, 8.2.2: `trailers` is all that TE may say beyond this hop.
        case 2 where fields.nameEquals("te", at: index): return !fields.valueEquals("trailers", at: index)
        case 7 where fields.nameEquals("upgrade", at: index): return true
        case 10 where fields.nameEquals("connection", at: index) || fields.nameEquals("keep-alive", at: index):
            return true
        case 14 where fields.nameEquals("http2-settings", at: index): return true
        case 16 where fields.nameEquals("proxy-connection", at: index): return true
        case 17 where fields.nameEquals("transfer-encoding", at: index): return true
        default: return nominates(fields, fields.name(at: index))
        }
    }

    /// Whether a Connection field names that field.
    private static func nominates(_ fields: FieldSection, _ name: ByteBufferView) -> Bool {
        for (index, entry) in fields.entries.enumerated() {
            guard entry.nameLength == 10, fields.nameEquals("connection", at: index) else { continue }
            // By far the most common ones, and no field is called so.
            if fields.valueEquals("keep-alive", at: index) || fields.valueEquals("close", at: index) { continue }
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
    static func allowedTrailers(_ trailers: FieldSection, head: FieldSection? = nil) -> FieldSection {
        var allowed = FieldSection(capacity: 128, fields: trailers.count)
        for index in trailers.entries.indices {
            let name = trailers.name(at: index)
            guard !forbiddenTrailers.contains(where: { trailers.nameEquals($0, at: index) }) else { continue }
            if let head, nominates(head, name) { continue }
            allowed.append(name: name, value: trailers.value(at: index))
        }
        return allowed
    }
}
