import HTTP1
import HTTPFields
import NIOCore

/// An answer that the edge gives in place of an origin: plain text that names the hop that failed.
struct ErrorPage {
    let status: Int
    let sentence: String
    let requestID: String
    var proxyStatus: String?
    var retryAfter: Int?

    init(status: Int, sentence: String, requestID: String) {
        self.status = status
        self.sentence = sentence
        self.requestID = requestID
    }

    init(_ failure: EdgeFailure, requestID: String) {
        self.init(status: failure.status, sentence: failure.sentence, requestID: requestID)
        proxyStatus = failure.proxyStatus
        retryAfter = failure.retryAfter
    }

    /// The head as HTTP/2 fields.
    var section: FieldSection {
        var fields = FieldSection(capacity: 512, fields: 8)
        fields.append(":status", String(status))
        fields.append("content-type", "text/plain; charset=utf-8")
        fields.append("content-length", String(text.utf8.count))
        fields.append("cache-control", "no-store")
        fields.append("x-content-type-options", "nosniff")
        fields.append("x-request-id", requestID)
        if let proxyStatus { fields.append("proxy-status", "osm-proxy; error=\(proxyStatus)") }
        if let retryAfter { fields.append("retry-after", String(retryAfter)) }
        return fields
    }

    var body: ByteBuffer { ByteBuffer(string: text) }

    private var text: String { "\(status) \(StatusPhrase.of(status))\n\(sentence)\nRequest \(requestID)\n" }

    /// The whole response as HTTP/1.1.
    ///
    /// - Parameters:
    ///   - closes: Whether the connection ends with it.
    ///   - withoutBody: For the answer to a HEAD.
    /// - Returns: Head and body.
    func bytes(closes: Bool, withoutBody: Bool = false) -> ByteBuffer {
        let body = text
        var buffer = ByteBuffer()
        buffer.writeString("HTTP/1.1 \(status) \(StatusPhrase.of(status))\r\n")
        buffer.writeString("content-type: text/plain; charset=utf-8\r\ncontent-length: \(body.utf8.count)\r\n")
        buffer.writeString("cache-control: no-store\r\nx-content-type-options: nosniff\r\n")
        buffer.writeString("x-request-id: \(requestID)\r\n")
        // RFC 9209: which hop failed, and how.
        if let proxyStatus { buffer.writeString("proxy-status: osm-proxy; error=\(proxyStatus)\r\n") }
        if let retryAfter { buffer.writeString("retry-after: \(retryAfter)\r\n") }
        if closes { buffer.writeString("connection: close\r\n") }
        buffer.writeString("\r\n")
        if !withoutBody { buffer.writeString(body) }
        return buffer
    }
}
