package import NIOCore

/// What a route answers; always whole, never a stream.
package struct AdminResponse: Sendable {
    package var status: Int
    package var contentType: String
    package var body: ByteBuffer
    /// Further header fields, sent as they stand.
    package var fields: [(name: String, value: String)] = []

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
}

/// What stands at one path: a reader, a writer, or both.
package struct AdminRoute: Sendable {
    /// Answers one request; a slow one is cut off at the server's `answer` limit.
    package typealias Answer = @Sendable (AdminRequest) async -> AdminResponse

    let get: Answer?
    let post: Answer?

    /// Answers GET, and HEAD without the body.
    package static func get(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(get: answer, post: nil) }

    /// Answers POST.
    package static func post(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(get: nil, post: answer) }

    /// Both of them.
    package init(get: Answer?, post: Answer?) {
        self.get = get
        self.post = post
    }

    func answer(to method: String) -> Answer? {
        switch method {
        case "GET", "HEAD": get
        case "POST": post
        default: nil
        }
    }

    /// The value of the `Allow` field.
    var allowed: String {
        [get.map { _ in "GET, HEAD" }, post.map { _ in "POST" }].compactMap { $0 }.joined(separator: ", ")
    }
}
