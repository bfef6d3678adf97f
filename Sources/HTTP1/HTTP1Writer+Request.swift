package import HTTPFields
package import NIOCore

extension HTTP1Writer {
    /// Writes the head of a request that came as HTTP/2, but for the empty line at its end; every byte is checked again.
    ///
    /// Fields that end at this hop are left out, and cookies are joined (RFC 9113, 8.2.3). All of it goes into one piece of
    /// memory in one go, since an agent does little else with a request.
    ///
    /// - Parameters:
    ///   - fields: The request's fields, pseudo-header fields included.
    ///   - host: What the origin is told as its host; nil for the visitor's.
    /// - Returns: The bytes, with room for a few more.
    /// - Throws: ``HTTP1Error`` when the fields cannot be written as HTTP/1.1.
    package static func requestHead(of fields: FieldSection, host: String?) throws(HTTP1Error) -> ByteBuffer {
        let draft = try RequestDraft(fields)
        var head = ByteBuffer()
        // Each field is written once at most, with four bytes around it.
        let size = draft.bytes + 4 * fields.count + (host?.utf8.count ?? 0) + 96
        try head.writeWithOutputRawSpan(minimumWritableBytes: size) { (out: inout OutputRawSpan) throws(HTTP1Error) in
            try draft.writeRequestLine(into: &out)
            try draft.writeHost(host, into: &out)
            try draft.writeFields(into: &out)
            if draft.hasCookies { try draft.writeCookies(into: &out) }
        }
        return head
    }
}

/// What has to be known of a request before its head is written.
private struct RequestDraft {
    private let fields: FieldSection
    private let method: Int
    private let path: Int
    /// The authority, or Host where there is none.
    private let authority: Int
    private let nominates: Bool
    let hasCookies: Bool
    /// Of all names and values.
    let bytes: Int

    init(_ fields: FieldSection) throws(HTTP1Error) {
        var (method, path, authority, host): (Int?, Int?, Int?, Int?)
        var (hasConnection, hasCookies, bytes) = (false, false, 0)
        for index in fields.entries.indices {
            let entry = fields.entries[index]
            bytes += Int(entry.nameLength) + Int(entry.valueLength)
            guard entry.name != .other, !entry.isAlias else { continue }
            switch entry.name {
            case .method: method = method ?? index
            case .path: path = path ?? index
            case .authority: authority = authority ?? index
            case .host: host = host ?? index
            case .connection: hasConnection = true
            case .cookie: hasCookies = true
            // Written as it is.
            case .other, .protocol, .scheme, .status, .accept, .contentLength, .expect, .forwarded, .http2Settings,
                .keepAlive, .proxyConnection, .proxyStatus, .secWebSocketAccept, .secWebSocketKey, .te, .traceparent,
                .tracestate, .transferEncoding, .upgrade, .xForwardedFor, .xForwardedHost, .xForwardedPort,
                .xForwardedProto, .xRealIP, .xRequestID:
                break
            }
        }
        guard let method, let path else { throw .badStartLine }
        guard let authority = authority ?? host else { throw .badHost }
        self.fields = fields
        self.method = method
        self.path = path
        self.authority = authority
        self.hasCookies = hasCookies
        self.bytes = bytes
        nominates = hasConnection && HopByHop.nominates(fields)
    }

    func writeRequestLine(into out: inout OutputRawSpan) throws(HTTP1Error) {
        let bytes = fields.storage.readableBytesSpan
        let (method, target) = (fields.entries[method].valueRange, fields.entries[path].valueRange)
        guard !method.isEmpty, Characters.areToken(bytes, method) else { throw .badStartLine }
        guard !target.isEmpty, Characters.areTarget(bytes, target) else { throw .badTarget }
        out.append(bytes.extracting(method))
        out.append(StaticString(" "))
        out.append(bytes.extracting(target))
        out.append(StaticString(" HTTP/1.1\r\n"))
    }

    func writeHost(_ host: String?, into out: inout OutputRawSpan) throws(HTTP1Error) {
        out.append(StaticString("host: "))
        if let host {
            guard host.utf8.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
            out.append(text: host)
            out.append(StaticString("\r\n"))
        } else {
            try writeValue(authority, into: &out)
        }
    }

    /// All but the host and the cookies.
    func writeFields(into out: inout OutputRawSpan) throws(HTTP1Error) {
        let bytes = fields.storage.readableBytesSpan
        let hop = HopByHop.Section(nominates: nominates)
        var hasLength = false
        for index in fields.entries.indices {
            let entry = fields.entries[index]
            let name = entry.nameRange
            if entry.name == .other {
                guard !fields.isPseudo(at: index), !nominates || !hop.isConnectionSpecific(fields, at: index) else {
                    continue
                }
                guard !name.isEmpty, Characters.areToken(bytes, name) else { throw .badFieldName }
            } else {
                guard !entry.name.isPseudo, !hop.isConnectionSpecific(fields, at: index) else { continue }
                if !entry.isAlias, entry.name == .host || entry.name == .cookie { continue }
                if !entry.isAlias, entry.name == .contentLength {
                    guard !hasLength, FieldFacts.contentLength(fields.value(at: index)) != nil else {
                        throw .badContentLength
                    }
                    hasLength = true
                }
            }
            try check(bytes, entry.valueRange)
            out.append(line: bytes.extracting(name), bytes.extracting(entry.valueRange))
        }
    }

    func writeCookies(into out: inout OutputRawSpan) throws(HTTP1Error) {
        let bytes = fields.storage.readableBytesSpan
        var isEmpty = true
        for index in fields.entries.indices where fields.is(.cookie, at: index) {
            let value = fields.entries[index].valueRange
            if isEmpty {
                guard !value.isEmpty else { continue }
                out.append(StaticString("cookie: "))
                isEmpty = false
            } else {
                out.append(StaticString("; "))
            }
            try check(bytes, value)
            out.append(bytes.extracting(value))
        }
        if !isEmpty { out.append(StaticString("\r\n")) }
    }

    private func writeValue(_ index: Int, into out: inout OutputRawSpan) throws(HTTP1Error) {
        let bytes = fields.storage.readableBytesSpan
        let value = fields.entries[index].valueRange
        try check(bytes, value)
        out.append(bytes.extracting(value))
        out.append(StaticString("\r\n"))
    }

    private func check(_ bytes: RawSpan, _ value: Range<Int>) throws(HTTP1Error) {
        let end = FieldBytes.endOfValue(in: bytes, from: value.lowerBound, to: value.upperBound)
        guard end == value.upperBound else { throw .badFieldValue }
    }
}
