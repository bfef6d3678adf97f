/// What the app answers.
///
/// It is checked when it is sent: a status that is not one of 200 to 599, a field that HTTP does not know how to write, or
/// one that is the agent's business (`connection`, `transfer-encoding`, `content-length`) is an error of the handler, which
/// the visitor sees as 500 and the log with its reason.
public struct VisitorResponse: Sendable {
    /// 200 to 599.
    public var status: Int
    /// The fields, to which the agent adds `content-length` when the size is known, and `date` when there is none.
    public var headers: HeaderFields
    /// Left out of the answer to a HEAD, and of 204, 205 and 304.
    public var body: Body

    /// An answer of any kind.
    public init(status: Int = 200, headers: HeaderFields = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text.
    public static func text(_ text: String, status: Int = 200) -> VisitorResponse {
        VisitorResponse(
            status: status,
            headers: ["content-type": "text/plain; charset=utf-8"],
            body: .string(text)
        )
    }

    /// What follows the head of an answer.
    public struct Body: Sendable {
        typealias Send = ([UInt8]) async throws -> Void

        enum Content: Sendable {
            case whole([UInt8])
            /// Its length when that is known, and who sends it piece by piece.
            case pieces(length: Int?, @Sendable (Send) async throws -> Void)
        }

        let content: Content

        /// Nothing.
        public static let empty = Body(content: .whole([]))

        /// These bytes.
        public static func bytes(_ bytes: [UInt8]) -> Body { Body(content: .whole(bytes)) }

        /// That text as UTF-8.
        public static func string(_ text: String) -> Body { bytes(Array(text.utf8)) }

        /// What a sequence gives, each piece sent as it comes.
        ///
        /// The head is sent before the first piece is asked for. The next piece is asked for when the visitor has taken
        /// enough of those before. When the sequence throws, or is longer or shorter than was said, the visitor sees that
        /// the body broke off.
        ///
        /// - Parameters:
        ///   - pieces: The body; asked for once.
        ///   - length: Its size in bytes, when it is known beforehand.
        /// - Returns: A body that has not been asked for anything yet.
        public static func stream<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces, length: Int? = nil) -> Body
        where Pieces.Element == [UInt8] {
            Body(
                content: .pieces(length: length) { send in
                    for try await piece in pieces { try await send(piece) }
                }
            )
        }
    }
}
