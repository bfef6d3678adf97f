import FoundationEssentials

extension HTTPArchive.Entry {
    init(_ exchange: ExchangeDetail) {
        let timings = HTTPArchive.Timings(exchange)
        self.init(
            startedDateTime: exchange.summary.began,
            time: timings.send + timings.wait + timings.receive,
            request: HTTPArchive.Request(exchange),
            response: HTTPArchive.Response(exchange),
            timings: timings,
            comment: exchange.summary.error,
            resourceType: exchange.summary.kind == .websocket ? "websocket" : nil,
            messages: exchange.summary.kind == .websocket ? HTTPArchive.messages(exchange) : nil
        )
    }
}

extension HTTPArchive.Timings {
    /// How long each step took; a step that did not come to pass took no time.
    init(_ exchange: ExchangeDetail) {
        let end = exchange.timing.responseEnd ?? exchange.summary.durationMilliseconds ?? 0
        let head = exchange.timing.responseHead ?? end
        // An origin may answer before it was asked everything.
        let sent = min(exchange.timing.requestReceived ?? head, head)
        self.init(send: sent, wait: head - sent, receive: max(0, end - head))
    }
}

extension HTTPArchive.Request {
    init(_ exchange: ExchangeDetail) {
        let body = exchange.request.body
        let postData = HTTPArchive.PostData(
            mimeType: exchange.request.fields.first("content-type") ?? "",
            text: body.content,
            encoding: body.encoding == .base64 ? .base64 : nil,
            comment: body.note
        )
        self.init(
            method: exchange.summary.method,
            url: "\(exchange.scheme)://\(exchange.summary.host)\(exchange.path.hasPrefix("/") ? exchange.path : "/")",
            cookies: exchange.request.fields.all("cookie").flatMap { HTTPArchive.pairs($0, separator: ";") },
            headers: exchange.request.fields.pairs,
            queryString: HTTPArchive.query(exchange.path),
            postData: body.bytesTotal > 0 && exchange.summary.kind != .websocket ? postData : nil,
            bodySize: body.bytesTotal
        )
    }
}

extension HTTPArchive.Response {
    init(_ exchange: ExchangeDetail) {
        let body = exchange.response.body
        self.init(
            status: exchange.summary.status ?? 0,
            cookies: exchange.response.fields.all("set-cookie").flatMap { cookie in
                HTTPArchive.pairs(cookie.prefix { $0 != ";" }, separator: ";")
            },
            headers: exchange.response.fields.pairs,
            content: HTTPArchive.Content(
                size: body.bytesTotal,
                mimeType: exchange.response.fields.first("content-type") ?? "",
                text: body.kept > 0 ? body.content : nil,
                encoding: body.kept > 0 && body.encoding == .base64 ? "base64" : nil,
                comment: body.note
            ),
            redirectURL: exchange.response.fields.first("location") ?? "",
            bodySize: body.bytesTotal
        )
    }
}

extension HTTPArchive {
    /// `name=value` pairs of any list, without the blanks around them.
    static func pairs(_ list: some StringProtocol, separator: Character) -> [Pair] {
        list.split(separator: separator).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].drop { $0 == " " }
            return Pair(name: String(name), value: parts.count > 1 ? String(parts[1]) : "")
        }
    }

    static func query(_ path: String) -> [Pair] {
        guard let mark = path.firstIndex(of: "?") else { return [] }
        return pairs(path[path.index(after: mark)...], separator: "&").map { pair in
            Pair(name: decoded(pair.name), value: decoded(pair.value))
        }
    }

    private static func decoded(_ text: String) -> String {
        String(decoding: ParameterScan.decoded(text.replacing("+", with: " ").utf8), as: UTF8.self)
    }

    /// Text and binary messages, as browsers list them.
    static func messages(_ exchange: ExchangeDetail) -> [Message] {
        let began: Date
        do {
            began = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(exchange.summary.began)
        } catch {
            return []
        }
        return exchange.messages.compactMap { message in
            let opcode: Int
            switch message.kind {
            case .text: opcode = 1
            case .binary: opcode = 2
            case .close, .ping, .pong, .event: return nil
            }
            return Message(
                type: message.direction == .inbound ? "send" : "receive",
                time: began.timeIntervalSince1970 + message.atMilliseconds / 1000,
                opcode: message.encoding == .text ? opcode : 2,
                data: message.content
            )
        }
    }
}

extension [FieldRecord] {
    func all(_ name: String) -> [String] { filter { $0.name.lowercased() == name }.map(\.value) }

    func first(_ name: String) -> String? { first { $0.name.lowercased() == name }?.value }

    fileprivate var pairs: [HTTPArchive.Pair] { map { HTTPArchive.Pair(name: $0.name, value: $0.value) } }
}

extension BodyRecord {
    /// What a reader of the content must know about it.
    fileprivate var note: String? {
        let cut = truncated ? "the first \(kept) of \(bytesTotal) bytes" : nil
        let coded = encoding == .base64 ? contentCoding.map { "still under \($0)" } : nil
        let notes = [cut, coded].compactMap { $0 }
        return notes.isEmpty ? nil : notes.joined(separator: ", ")
    }
}
