import NIOCore

/// Tells HTTP/2 by prior knowledge from HTTP/1.x by the first bytes of a connection.
///
/// The preface of HTTP/2 (RFC 9113, 3.4) was made so that no HTTP/1.x request begins with it.
enum VisitorSniffer {
    enum Verdict { case http1, http2, undecided }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Judges all that has come so far.
    static func judge(_ received: ByteBuffer) -> Verdict {
        let known = received.readableBytesView.prefix(preface.count)
        guard known.elementsEqual(preface.prefix(known.count)) else { return .http1 }
        return known.count == preface.count ? .http2 : .undecided
    }
}
