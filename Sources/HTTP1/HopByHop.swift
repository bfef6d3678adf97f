package import HTTPFields

/// What RFC 9110 says about fields that belong to one connection, and about trailers.
package enum HopByHop {
    /// Whether a field ends at this hop: the fixed ones (RFC 9110, 7.6.1) and those that Connection names.
    package static func isConnectionSpecific(_ fields: FieldSection, at index: Int) -> Bool {
        switch fields.entries[index].nameLength {
        case 2: return fields.nameEquals("te", at: index) && !fields.value(at: index).equalsIgnoringCase("trailers")
        case 7: if fields.nameEquals("upgrade", at: index) { return true }
        case 10:
            if fields.nameEquals("connection", at: index) || fields.nameEquals("keep-alive", at: index) { return true }
        case 16: if fields.nameEquals("proxy-connection", at: index) { return true }
        case 17: if fields.nameEquals("transfer-encoding", at: index) { return true }
        case 14: if fields.nameEquals("http2-settings", at: index) { return true }
        default: break
        }
        return isNominated(fields, at: index)
    }

    /// Whether a Connection field names the field at `index`.
    private static func isNominated(_ fields: FieldSection, at index: Int) -> Bool {
        for other in fields.entries.indices where fields.nameEquals("connection", at: other) {
            let name = fields.name(at: index)
            let nominates = ListTokens.contains(fields.value(at: other), where: { token in
                token.count == name.count && zip(token, name).allSatisfy { folded($0) == folded($1) }
            })
            if nominates { return true }
        }
        return false
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Fields that frame, route or authenticate a message; a trailer must not carry them (RFC 9110, 6.5.1).
    private static let forbiddenTrailers: [StaticString] = [
        "content-length", "transfer-encoding", "host", "trailer", "connection", "keep-alive", "te", "upgrade",
        "proxy-connection", "authorization", "proxy-authorization", "proxy-authenticate", "www-authenticate", "cookie",
        "set-cookie", "content-encoding", "content-type", "content-range", "cache-control", "expect", "max-forwards",
        "range", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    ]

    /// The trailers that may be passed on.
    static func allowedTrailers(_ fields: FieldSection) -> FieldSection {
        var allowed = FieldSection(capacity: 128, fields: fields.count)
        for index in fields.entries.indices {
            guard !forbiddenTrailers.contains(where: { fields.nameEquals($0, at: index) }) else { continue }
            allowed.append(name: fields.name(at: index), value: fields.value(at: index))
        }
        return allowed
    }
}
