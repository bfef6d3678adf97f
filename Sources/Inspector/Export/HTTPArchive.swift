/// What HAR 1.2 prescribes (w3c.github.io/web-performance/specs/HAR), as far as an agent can say it.
///
/// Members that begin with an underscore are extensions, as the format allows; those about WebSockets are Chromium's.
enum HTTPArchive {
    struct Pair: Encodable {
        let name: String
        let value: String
    }

    struct Entry: Encodable {
        let startedDateTime: String
        /// The sum of the timings that are known, in milliseconds.
        let time: Double
        let request: Request
        let response: Response
        let cache = Cache()
        let timings: Timings
        var comment: String?
        var resourceType: String?
        var messages: [Message]?

        private enum CodingKeys: String, CodingKey {
            case startedDateTime, time, request, response, cache, timings, comment
            case resourceType = "_resourceType"
            case messages = "_webSocketMessages"
        }
    }

    struct Request: Encodable {
        let method: String
        let url: String
        let httpVersion = HTTPArchive.version
        let cookies: [Pair]
        let headers: [Pair]
        let queryString: [Pair]
        let postData: PostData?
        /// Not known: fields are compressed on their way.
        let headersSize = -1
        let bodySize: Int
    }

    struct PostData: Encodable {
        let mimeType: String
        let text: String
        var encoding: ContentEncoding?
        let comment: String?

        private enum CodingKeys: String, CodingKey {
            case mimeType, text, comment
            case encoding = "_encoding"
        }
    }

    struct Response: Encodable {
        /// 0 when there was none.
        let status: Int
        let statusText = ""
        let httpVersion = HTTPArchive.version
        let cookies: [Pair]
        let headers: [Pair]
        let content: Content
        let redirectURL: String
        let headersSize = -1
        let bodySize: Int
    }

    struct Content: Encodable {
        let size: Int
        let mimeType: String
        let text: String?
        /// `base64`, or nil for text.
        let encoding: String?
        let comment: String?
    }

    struct Cache: Encodable {}

    struct Timings: Encodable {
        let send: Double
        let wait: Double
        let receive: Double
    }

    struct Message: Encodable {
        /// `send` from the visitor, `receive` towards it.
        let type: String
        /// Seconds since 1970.
        let time: Double
        let opcode: Int
        let data: String
    }

    static let version = "HTTP/2"
}
