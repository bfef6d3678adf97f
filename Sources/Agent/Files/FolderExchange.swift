import HTTP2
import HTTPFields
import NIOCore

/// One stream of a tunnel, served from a folder.
///
/// A file is read piece by piece, each when the tunnel has taken what came before; one piece is asked for at a time,
/// and each within the deadline that there is for a head. The head waits for the first piece, so that a file which
/// cannot be read is an answer; after that the stream breaks off.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
final class FolderExchange: HTTP2StreamDelegate {
    private let request: TunnelRequest
    private let origin: FolderOrigin
    private let target: ByteBufferView
    private var record: RequestRecord
    private var body: Body?
    private var isReading = false
    private var isOver = false
    private var timer: Scheduled<Void>?

    /// The file that is on its way.
    private struct Body {
        let file: Folder.File
        /// Not sent yet.
        var head: FieldSection?
        /// Not read yet.
        var rest: Range<Int>
    }

    /// How much is read at once: what a stream's queue takes before it is full.
    static let pieceSize = 64 * 1024

    /// - Returns: Nil for a request without a path, which asks for no file.
    init?(_ request: TunnelRequest, origin: FolderOrigin) {
        guard let target = request.fields.first(":path") else { return nil }
        self.request = request
        self.origin = origin
        self.target = target
        record = RequestRecord(request.fields)
    }

    // MARK: The request

    /// Looks for what is asked for.
    func begin() {
        guard ["GET", "HEAD"].contains(record.method), !request.isWebSocket else { return answer(.wrongMethod) }
        let path: FolderPath
        do throws(FolderPath.Refusal) {
            path = try FolderPath(target: target)
        } catch {
            return answer(FolderAnswer(error))
        }
        let folder = origin.folder
        let allowsListing = origin.allowsListing
        onDisk { () throws(FolderProblem) in
            try folder.find(path, listing: allowsListing)
        } done: { [self] finding in
            found(finding, at: path)
        }
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

    /// What a visitor sends along with a GET has no meaning (RFC 9110, 9.3.1).
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        request.handler.taken(data.readableBytes, on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) {}

    func streamReadComplete(_ stream: HTTP2Stream) {}

    func streamWritable(_ stream: HTTP2Stream) { readOn() }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { finish() }

    // MARK: The disk

    private func onDisk<Result: Sendable>(
        _ job: @escaping @Sendable () throws(FolderProblem) -> Result,
        done: @escaping (Result) -> Void
    ) {
        isReading = true
        let bound = NIOLoopBound(self, eventLoop: origin.eventLoop)
        timer = origin.eventLoop.scheduleTask(in: request.headDeadline) { bound.value.fail(.timeout) }
        origin.jobs.run(ifStill: { [self] in !isOver }, job) { [self] outcome in
            isReading = false
            timer?.cancel()
            guard !isOver else { return }
            switch outcome {
            case .success(let result): done(result)
            case .failure(let problem): fail(problem)
            }
        }
    }

    private func found(_ finding: Folder.Finding, at path: FolderPath) {
        request.observeOrigin(nil)
        switch finding {
        case .lacksSlash: answer(.redirect(to: path.locationOfFolder(target: target)))
        case .listing(let listing): send(listing)
        case .file(let file):
            switch FileResponse(file, to: request.fields, at: .now) {
            case .refusal(let refusal): answer(refusal)
            case .file(let head, let range) where range.isEmpty:
                respond(head, nil)
                finish()
            case .file(let head, let range):
                body = Body(file: file, head: head, rest: range)
                readOn()
            }
        }
    }

    private func readOn() {
        guard !isOver, !isReading, let body else { return }
        let folder = origin.folder
        let file = body.file
        let piece = body.rest.prefix(Self.pieceSize)
        onDisk { () throws(FolderProblem) in
            try folder.read(file, piece)
        } done: { [self] bytes in
            send(bytes)
        }
    }

    // MARK: The response

    private func send(_ piece: ByteBuffer) {
        guard let head = body?.head else { return pass(piece) }
        body?.head = nil
        guard begin(head, ends: false) else { return }
        pass(piece)
    }

    private func pass(_ piece: ByteBuffer) {
        body?.rest.removeFirst(piece.readableBytes)
        record.sent += piece.readableBytes
        let mayGoOn = request.handler.send(piece, on: request.stream)
        guard body?.rest.isEmpty == true else { return mayGoOn ? readOn() : () }
        request.handler.finish(request.stream)
        finish()
    }

    private func send(_ listing: FolderListing) {
        let page = ByteBuffer(string: listing.html)
        var head = FieldSection(capacity: 384, fields: 7)
        head.append(":status", "200")
        head.append("date", HTTPDate.now.description)
        head.append("content-type", "text/html; charset=utf-8")
        head.append("content-length", String(page.readableBytes))
        head.append("cache-control", "no-store")
        head.append("x-content-type-options", "nosniff")
        head.append("content-security-policy", FolderListing.policy)
        respond(head, page)
        finish()
    }

    private func answer(_ answer: FolderAnswer) {
        let message = answer.message(at: .now)
        respond(message.head, message.body)
        finish()
    }

    /// Sends a response that is whole already.
    private func respond(_ head: FieldSection, _ page: ByteBuffer?) {
        let page = request.fields.isHead ? nil : page
        guard begin(head, ends: page == nil), let page else { return }
        record.sent += page.readableBytes
        _ = request.handler.send(page, on: request.stream)
        request.handler.finish(request.stream)
    }

    /// - Returns: Whether the head is on its way; if not, the exchange is over.
    private func begin(_ head: FieldSection, ends: Bool) -> Bool {
        record.status = Int(head.string(":status") ?? "") ?? 500
        do throws(HTTP2Error) {
            try request.handler.respond(head, on: request.stream, ends: ends)
            return true
        } catch {
            cut()
            return false
        }
    }

    // MARK: Ends

    private func fail(_ problem: FolderProblem) {
        guard !isOver else { return }
        let answer = FolderAnswer(problem)
        request.observeOrigin(problem.isOfFolder ? answer.sentence : nil)
        // Whoever reads must see that the body is not whole.
        if let body, body.head == nil { return cut() }
        self.answer(answer)
    }

    private func cut() {
        finish()
        request.handler.reset(request.stream, .internalError)
    }

    private func finish() {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        body = nil
        record.end()
        request.observe(record)
    }
}
