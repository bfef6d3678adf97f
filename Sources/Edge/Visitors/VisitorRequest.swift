import HTTP1
import HTTPFields
import NIOCore

/// What a visitor asks for, in whichever version of HTTP it asked; never changed.
final class VisitorRequest {
    /// What the request is, beyond its method.
    enum Kind {
        case plain
        /// RFC 6455 or RFC 8441, with everything that they demand.
        case webSocket
        /// A CONNECT to elsewhere or another upgrade: nothing that is carried here.
        case unsupported
    }

    let method: ByteBufferView
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    let version: String
    /// The path with its query, or `*`.
    let target: ByteBufferView
    /// Host and port as the visitor wrote them; nil only in HTTP/1.0.
    let authority: ByteBufferView?
    /// All fields as they came; those of HTTP/2 begin with pseudo-header fields.
    let fields: FieldSection
    let kind: Kind
    let hasBody: Bool
    /// Whether the visitor waits for a 100 before it sends its body.
    let expectsContinue: Bool
    /// Whether interim responses may be sent (not in HTTP/1.0).
    let takesInterim: Bool

    var isHead: Bool { method.equals("HEAD") }

    init(_ head: HTTP1RequestHead) {
        method = head.method
        version = head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0"
        target = head.target
        authority = head.authority
        fields = head.fields
        kind =
            switch head.upgrade {
            case .webSocket: .webSocket
            case .other: .unsupported
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
        method = head.method
        version = "HTTP/2"
        target = head.target
        authority = head.authority
        self.fields = fields
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
