import NIOCore
import NIOHTTP1

/// One request and its response; nothing of either is kept beyond the part at hand.
///
/// ## Concurrency
/// Used by the task of its connection alone. Whatever reads the request is `@concurrent`, because NIO's iterator runs
/// on no actor and must not be sent to one.
struct Exchange {
    typealias Input = NIOAsyncChannelInboundStream<RequestPart>.AsyncIterator
    typealias Output = NIOAsyncChannelOutboundWriter<ResponsePart>

    let head: HTTPRequestHead
    /// The address of whoever connected, for `/headers`.
    let peer: String
    let path: String
    private let query: Substring
    private(set) var input: Input
    let output: Output
    /// What followed the last chunk of the request, once the body is read.
    private(set) var trailers: HTTPHeaders?
    private var isRead = false
    private var mayContinue: Bool
    private var keepsOpen: Bool

    init(head: HTTPRequestHead, peer: String, input: Input, output: Output) {
        self.head = head
        self.peer = peer
        self.input = input
        self.output = output
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? "/"
        query = parts.count == 2 ? parts[1] : ""
        mayContinue = head.headers["expect"].contains { $0.lowercased() == "100-continue" }
        // The decoder reads no further after a request to upgrade, whether or not it was followed.
        keepsOpen = head.isKeepAlive && head.version == .http1_1 && !head.headers.contains(name: "upgrade")
    }

    /// The whole number in the query under `name`, held within `range`.
    func number(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        for field in query.split(separator: "&") where field.hasPrefix("\(name)=") {
            guard let number = Int(field.dropFirst(name.count + 1)) else { continue }
            return min(max(number, range.lowerBound), range.upperBound)
        }
        return value
    }

    /// The next piece of the request's body; nil once it is complete.
    @concurrent mutating func nextBody() async throws -> ByteBuffer? {
        guard !isRead else { return nil }
        if mayContinue {
            mayContinue = false
            try await output.write(.head(HTTPResponseHead(version: head.version, status: .continue)))
        }
        switch try await input.next() {
        case .body(let bytes): return bytes
        case .end(let trailers):
            self.trailers = trailers
            isRead = true
            return nil
        case .head, .frame, nil: throw ChannelError.inputClosed
        }
    }

    /// Sends a response whose body is at hand.
    func respond(_ status: HTTPResponseStatus = .ok, type: String, _ body: ByteBuffer) async throws {
        var parts: [ResponsePart] = [.head(responseHead(status, type: type, length: body.readableBytes))]
        if hasBody(status), body.readableBytes > 0 { parts.append(.body(body)) }
        parts.append(.end(nil))
        try await output.write(contentsOf: parts)
    }

    /// Sends a line of plain text.
    func respond(_ status: HTTPResponseStatus = .ok, text: String) async throws {
        try await respond(status, type: "text/plain; charset=utf-8", ByteBuffer(string: text + "\n"))
    }

    /// Starts a response whose body follows on `output`: of a known length, or chunked.
    func begin(type: String, length: Int? = nil, fields: [(String, String)] = []) async throws {
        var head = responseHead(.ok, type: type, length: length)
        for (name, value) in fields { head.headers.add(name: name, value: value) }
        try await output.write(.head(head))
    }

    /// Reads what is left of the request; false when the connection must not be used again.
    @concurrent mutating func finish() async throws -> Bool {
        // Nobody was told to send the body, so it may or may not come: the connection cannot say which.
        guard keepsOpen, !(mayContinue && !isRead) else { return false }
        while try await nextBody() != nil {}
        return true
    }

    private func hasBody(_ status: HTTPResponseStatus) -> Bool { head.method != .HEAD && status.mayHaveResponseBody }

    private func responseHead(_ status: HTTPResponseStatus, type: String, length: Int?) -> HTTPResponseHead {
        var response = HTTPResponseHead(version: head.version, status: status)
        response.headers.add(name: "server", value: "sample-origin")
        if status.mayHaveResponseBody {
            response.headers.add(name: "content-type", value: type)
            if let length { response.headers.add(name: "content-length", value: "\(length)") }
        }
        if !keepsOpen { response.headers.add(name: "connection", value: "close") }
        return response
    }
}
