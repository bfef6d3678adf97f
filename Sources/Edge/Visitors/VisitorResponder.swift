import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// The way back to one visitor for the response to one request, in whichever version of HTTP it speaks.
///
/// ## Concurrency
/// Belongs to the event loop of its connection.
protocol VisitorResponder: AnyObject {
    /// The other end of the connection, or what the PROXY protocol said in its place.
    var peer: IPAddress? { get }
    /// Whether more of a body is taken now; when not, the exchange's `visitorIsReady` follows.
    var takesMore: Bool { get }
    /// Whether the visitor may send at all: not while its connection's credit is kept back for want of memory.
    var maySend: Bool { get }
    /// Whether bytes of an earlier moment still wait for the visitor: what is written now will wait, too.
    var isBehind: Bool { get }

    /// Asks for the body that the visitor holds back (RFC 9110, 10.1.1).
    func goOn()
    /// Sends an interim response.
    func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error)
    /// Sends the head of the final response; `ends` says that no body and no trailers follow.
    func begin(_ status: Int, _ fields: FieldSection, requestID: String, ends: Bool) throws(HTTP1Error)
    /// Turns the rest of the connection or stream into a WebSocket.
    func upgrade(_ fields: FieldSection, requestID: String) throws(HTTP1Error)
    /// Sends a piece of the body.
    func write(_ data: ByteBuffer)
    /// Ends the response; a body that is shorter than its head promised is cut instead.
    func finish(_ trailers: FieldSection?)
    /// Lets everything written so far leave.
    func flush()
    /// Answers in place of an origin; nothing has been sent before but interim responses.
    func answer(_ page: ErrorPage)
    /// Breaks the response off so that the visitor can tell.
    func cut(_ code: HTTP2ErrorCode)
    /// The tunnel takes more of the request's body.
    func requestBodyMayGoOn()
}

/// A connection of a visitor, as the edge keeps track of it.
protocol Visitor: AnyObject {
    /// The edge drains: a connection without a request ends now, another with its last response.
    func closeWhenIdle()
    /// Ends it at once.
    func abort()
}
