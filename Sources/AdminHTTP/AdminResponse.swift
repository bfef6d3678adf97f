package import NIOCore

/// Words a refusal of the server itself: its status and a sentence without its full stop.
package typealias AdminRefusal = @Sendable (_ status: Int, _ sentence: String) -> AdminResponse

/// What a route answers: a whole body, or one that is made while it is sent.
package struct AdminResponse: Sendable {
    package var status: Int
    package var contentType: String
    package var body: ByteBuffer
    /// Further header fields, sent as they stand.
    package var fields: [(name: String, value: String)] = []

    /// Makes the body after the head has been sent; nil when `body` is all of it.
    var produce: AdminBodyProducer?

    /// An answer with any body.
    package init(status: Int, contentType: String, body: ByteBuffer) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Plain text in UTF-8.
    package static func text(_ text: String, status: Int = 200) -> AdminResponse {
        AdminResponse(status: status, contentType: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
    }

    /// JSON that the caller has already encoded.
    package static func json(_ bytes: some Sequence<UInt8>, status: Int = 200) -> AdminResponse {
        AdminResponse(status: status, contentType: "application/json", body: ByteBuffer(bytes: bytes))
    }

    /// The page of `PrometheusRegistry.render()`.
    package static func metrics(_ page: String) -> AdminResponse {
        let contentType = "text/plain; version=0.0.4; charset=utf-8"
        return AdminResponse(status: 200, contentType: contentType, body: ByteBuffer(string: page))
    }

    /// An answer whose body `produce` writes piece by piece, for as long as it likes; the connection ends with it.
    ///
    /// The producer is cancelled when the caller leaves and when the server ends, and must end soon after that. When it
    /// throws, the caller sees an answer that was cut.
    package static func stream(
        status: Int = 200,
        contentType: String,
        _ produce: @escaping AdminBodyProducer
    ) -> AdminResponse {
        var response = AdminResponse(status: status, contentType: contentType, body: ByteBuffer())
        response.produce = produce
        return response
    }
}
