import HTTP1
import HTTPFields
import NIOCore

/// What a parser made of some bytes, in a form that can be compared however the bytes were cut.
struct Transcript: Equatable {
    /// Heads, joined bodies and ends, in order.
    private(set) var events: [String] = []
    private(set) var error: HTTP1Error?

    private var body: [UInt8] = []

    /// The verdict on bytes that arrive as these pieces, on one connection of a visitor.
    static func requests(_ pieces: [[UInt8]], limits: HTTP1Limits = HTTP1Limits()) -> Transcript {
        var parser = HTTP1RequestParser(limits: limits)
        return read(pieces) { buffer throws(HTTP1Error) in
            switch try parser.next(&buffer) {
            case .head(let head): .head(head.text)
            case .body(let data): .body(data)
            case .end(let trailers): .end(trailers)
            case nil: nil
            }
        }
    }

    /// The verdict on bytes that arrive as these pieces, in answer to one request.
    static func response(
        _ pieces: [[UInt8]],
        to request: HTTP1ResponseParser.Request = .ordinary,
        limits: HTTP1Limits = HTTP1Limits(),
        closes: Bool = false
    ) -> Transcript {
        var parser = HTTP1ResponseParser(limits: limits)
        parser.expect(request)
        var transcript = read(pieces) { buffer throws(HTTP1Error) in try parser.next(&buffer).map(Event.init) }
        guard closes, transcript.error == nil else { return transcript }
        do throws(HTTP1Error) {
            if let part = try parser.connectionClosed() { transcript.note(Event(part)) }
        } catch {
            transcript.error = error
        }
        return transcript
    }

    fileprivate enum Event {
        case head(String), body(ByteBuffer), end(FieldSection?)

        init(_ part: HTTP1ResponseParser.Part) {
            switch part {
            case .interim(let head): self = .head("interim " + head.text)
            case .head(let head): self = .head(head.text)
            case .upgraded(let head): self = .head("upgraded " + head.text)
            case .body(let data): self = .body(data)
            case .end(let trailers): self = .end(trailers)
            }
        }
    }

    private static func read(
        _ pieces: [[UInt8]],
        next: (inout ByteBuffer) throws(HTTP1Error) -> Event?
    ) -> Transcript {
        var transcript = Transcript()
        var buffer = ByteBuffer()
        do throws(HTTP1Error) {
            for piece in pieces {
                buffer.writeBytes(piece)
                while let event = try next(&buffer) { transcript.note(event) }
            }
        } catch {
            transcript.error = error
        }
        transcript.endBody()
        return transcript
    }

    private mutating func note(_ event: Event) {
        switch event {
        case .body(let data): body += data.readableBytesView
        case .head(let text):
            endBody()
            events.append(text)
        case .end(let trailers):
            endBody()
            events.append("end" + (trailers?.text ?? ""))
        }
    }

    private mutating func endBody() {
        if !body.isEmpty { events.append("body \(String(decoding: body, as: UTF8.self))") }
        body = []
    }
}

extension HTTP1RequestHead {
    var text: String {
        let authority = authority.map { String(decoding: $0, as: UTF8.self) } ?? "nobody"
        let marks = [keepAlive ? "persists" : "closes", expectsContinue ? "waits" : nil, upgrade.map { "\($0)" }]
        let line = String(decoding: method, as: UTF8.self) + " " + String(decoding: target, as: UTF8.self)
        return "\(line) of \(authority) \(version) \(framing) " + marks.compactMap(\.self).joined(separator: " ")
            + fields.text
    }
}

extension HTTP1ResponseHead {
    var text: String { "\(status) \(version) \(framing) \(keepAlive ? "persists" : "closes")" + fields.text }
}

extension FieldSection {
    var text: String {
        entries.indices.map { index in
            let name = String(decoding: name(at: index), as: UTF8.self)
            return " {\(name)=\(String(decoding: value(at: index), as: UTF8.self))}"
        }.joined()
    }
}
