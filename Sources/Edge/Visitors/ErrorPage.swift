import HTTP1
import HTTPFields
import NIOCore

/// An answer that the edge gives in place of an origin: it names the hop that failed, in the form that the visitor reads.
struct ErrorPage {
    let status: Int
    /// The head as HTTP/2 has it, `:status` first.
    let section: FieldSection
    let body: ByteBuffer

    /// The answer to a failure.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - requestID: What the visitor can quote.
    ///   - accept: The request's fields, of which Accept decides about the form; plain text without them.
    ///   - host: The name that was asked for, to be shown.
    ///   - word: The Proxy-Status of the hop that saw the failure, when that was not this one.
    init(
        _ failure: EdgeFailure,
        requestID: String,
        accept: FieldSection? = nil,
        host: String? = nil,
        says word: ByteBufferView? = nil
    ) {
        self.init(
            ErrorReport(
                status: failure.status,
                sentence: failure.sentence,
                hint: failure.hint,
                host: host,
                requestID: requestID,
                failedHop: failure.hop
            ),
            accept: accept,
            proxyStatus: word.map { String(decoding: $0, as: UTF8.self) + ", osm-proxy" }
                ?? failure.proxyStatus.map { "osm-proxy; error=\($0)" },
            retryAfter: failure.retryAfter
        )
    }

    /// The answer to a request that is wrong in itself; no hop failed.
    init(status: Int, sentence: String, requestID: String, accept: FieldSection? = nil) {
        let report = ErrorReport(status: status, sentence: sentence, requestID: requestID, failedHop: .visitor)
        self.init(report, accept: accept)
    }

    private init(
        _ report: ErrorReport,
        accept: FieldSection?,
        proxyStatus: String? = nil,
        retryAfter: Int? = nil
    ) {
        let format = accept.map(ErrorFormat.init(accepting:)) ?? .plain
        status = report.status
        body = report.body(format)
        var fields = FieldSection(capacity: 512, fields: 12)
        fields.append(":status", String(report.status))
        fields.append("content-type", format.mediaType)
        fields.append("content-length", String(body.readableBytes))
        fields.append("cache-control", "no-store")
        fields.append("x-content-type-options", "nosniff")
        fields.append("content-security-policy", ErrorStyle.policy(format))
        fields.append("referrer-policy", "no-referrer")
        fields.append("x-request-id", report.requestID)
        // RFC 9209: which hop failed, and how.
        if let proxyStatus { fields.append("proxy-status", proxyStatus) }
        if let retryAfter { fields.append("retry-after", String(retryAfter)) }
        section = fields
    }

    /// The whole response as HTTP/1.1.
    ///
    /// - Parameters:
    ///   - closes: Whether the connection ends with it.
    ///   - withoutBody: For the answer to a HEAD.
    /// - Returns: Head and body.
    func bytes(closes: Bool, withoutBody: Bool = false) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(section.storage.readableBytes + body.readableBytes + 128)
        HTTP1Writer.statusLine(status, into: &buffer)
        do throws(HTTP1Error) {
            try HTTP1Writer.fields(of: section, into: &buffer)
        } catch {
            // Every value is of our own making; should one be unfit all the same, the length alone is enough.
            buffer.writeString("content-length: \(body.readableBytes)\r\n")
        }
        if closes { buffer.writeStaticString("connection: close\r\n") }
        buffer.writeStaticString("\r\n")
        if !withoutBody { buffer.writeImmutableBuffer(body) }
        return buffer
    }
}
