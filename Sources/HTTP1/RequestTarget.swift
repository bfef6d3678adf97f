import HTTPFields
import NIOCore

/// The target of a request, whichever of its four forms it came in (RFC 9112, 3.2).
struct RequestTarget {
    /// The path with its query, `*`, or the authority of a CONNECT.
    let path: ByteBufferView
    /// Whom an absolute target or a CONNECT names.
    let authority: ByteBufferView?

    private static let root = ByteBuffer(string: "/").readableBytesView
    private static let asterisk = ByteBuffer(string: "*").readableBytesView

    static func parse(_ target: ByteBufferView, method: ByteBufferView) throws(HTTP1Error) -> RequestTarget {
        if method.equals("CONNECT") {
            guard Authority.isValid(target, needsPort: true) else { throw .badTarget }
            return RequestTarget(path: target, authority: target)
        }
        if target.first == UInt8(ascii: "/") { return RequestTarget(path: target, authority: nil) }
        let isOptions = method.equals("OPTIONS")
        if isOptions, target.equals("*") { return RequestTarget(path: target, authority: nil) }
        for scheme in ["http://", "https://"] where target.prefix(scheme.utf8.count).equalsIgnoringCase(scheme) {
            return try absolute(target.dropFirst(scheme.utf8.count), isOptions: isOptions)
        }
        throw .badTarget
    }

    private static func absolute(_ rest: ByteBufferView, isOptions: Bool) throws(HTTP1Error) -> RequestTarget {
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[rest.startIndex..<end]
        guard Authority.isValid(authority) else { throw .badTarget }
        guard end < rest.endIndex else {
            // RFC 9112, 3.2.1 and 3.2.4: without a path the whole server is meant by OPTIONS, its root by the others.
            return RequestTarget(path: isOptions ? asterisk : root, authority: authority)
        }
        guard rest[end] == UInt8(ascii: "?") else { return RequestTarget(path: rest[end...], authority: authority) }
        var path = ByteBuffer(string: "/")
        path.writeBytes(rest[end...])
        return RequestTarget(path: path.readableBytesView, authority: authority)
    }
}
