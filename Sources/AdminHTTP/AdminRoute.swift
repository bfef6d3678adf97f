/// What stands at one path: an answer for each method that it knows.
package struct AdminRoute: Sendable {
    /// Answers one request; a slow one is cut off at the server's `answer` limit.
    package typealias Answer = @Sendable (AdminRequest) async -> AdminResponse

    private let get: Answer?
    private let post: Answer?
    private let put: Answer?
    private let delete: Answer?

    /// Answers GET, and HEAD without the body.
    package static func get(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(get: answer) }

    /// Answers POST.
    package static func post(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(post: answer) }

    /// Answers PUT.
    package static func put(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(put: answer) }

    /// Answers DELETE.
    package static func delete(_ answer: @escaping Answer) -> AdminRoute { AdminRoute(delete: answer) }

    /// Several methods of one path.
    package init(get: Answer? = nil, post: Answer? = nil, put: Answer? = nil, delete: Answer? = nil) {
        self.get = get
        self.post = post
        self.put = put
        self.delete = delete
    }

    func answer(to method: String) -> Answer? {
        switch method {
        case "GET", "HEAD": get
        case "POST": post
        case "PUT": put
        case "DELETE": delete
        default: nil
        }
    }

    /// The value of the `Allow` field.
    var allowed: String {
        let methods = [("GET, HEAD", get), ("POST", post), ("PUT", put), ("DELETE", delete)]
        return methods.filter { $0.1 != nil }.map(\.0).joined(separator: ", ")
    }
}
