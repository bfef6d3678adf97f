import HTTP1
import HTTPFields
import NIOCore

/// What a visitor asks for, in whichever version of HTTP it asked.
struct VisitorRequest {
    /// What the request is, beyond its method.
    enum Kind {
        case plain
        /// RFC 6455 or RFC 8441, with everything that they demand.
        case webSocket
        /// A CONNECT to elsewhere, or a WebSocket asked for wrongly: nothing that is carried here.
        case unsupported
    }

    /// The head as it was read; one reference, because a request is handed on many times.
    private enum Head {
        case http1(HTTP1RequestHead)
        indirect case http2(HTTP2RequestHead, FieldSection)
    }

    private let head: Head
    let kind: Kind
    let hasBody: Bool
    /// Whether the visitor waits for a 100 before it sends its body.
    let expectsContinue: Bool
    /// Whether interim responses may be sent (not in HTTP/1.0).
    let takesInterim: Bool

    init(_ head: HTTP1RequestHead) {
        self.head = .http1(head)
        kind =
            switch head.upgrade {
            case .webSocket: .webSocket
            case .malformedWebSocket: .unsupported
            case nil: head.isConnect ? .unsupported : .plain
            }
        hasBody = !head.hasNoBody
        expectsContinue = head.expectsContinue
        takesInterim = head.version == .http11
    }

    /// - Parameters:
    ///   - head: A head that has been checked.
    ///   - fields: The section that it was read from.
    ///   - endsWithHead: Whether END_STREAM came with it.
    init(_ head: HTTP2RequestHead, fields: FieldSection, endsWithHead: Bool) {
        self.head = .http2(head, fields)
        kind =
            switch head.connect {
            case nil: .plain
            case .extended(let name): name.equalsIgnoringCase("websocket") && !endsWithHead ? .webSocket : .unsupported
            case .plain: .unsupported
            }
        hasBody = !endsWithHead
        expectsContinue = head.expectsContinue && !endsWithHead
        takesInterim = true
    }
}

extension VisitorRequest {
    var method: ByteBufferView {
        switch head {
        case .http1(let head): head.method
        case .http2(let head, _): head.method
        }
    }

    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    var version: String {
        switch head {
        case .http1(let head): head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0"
        case .http2: "HTTP/2"
        }
    }

    /// The path with its query, or `*`.
    var target: ByteBufferView {
        switch head {
        case .http1(let head): head.target
        case .http2(let head, _): head.target
        }
    }

    /// Host and port as the visitor wrote them; nil only in HTTP/1.0.
    var authority: ByteBufferView? {
        switch head {
        case .http1(let head): head.authority
        case .http2(let head, _): head.authority
        }
    }

    /// All fields as they came; those of HTTP/2 begin with pseudo-header fields.
    var fields: FieldSection {
        switch head {
        case .http1(let head): head.fields
        case .http2(_, let fields): fields
        }
    }

    var isHead: Bool { method.equals("HEAD") }
}
