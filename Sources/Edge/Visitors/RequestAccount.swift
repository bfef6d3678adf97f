import CoreMetrics
import FoundationEssentials
import HTTP1
import HTTPFields
import NIOCore
import TunnelProtocol

/// What is told of one request when it is over: to the figures, and to the access log where there is one.
struct RequestAccount {
    let requestID: String
    /// Zero until there is one.
    var status = 0
    /// Bytes of the request's body, or of what came behind an upgrade.
    var bytesIn = 0
    var bytesOut = 0
    /// The device that was asked last.
    var device: String?
    var failure: Failure?
    var client: IPAddress?
    var trace: TraceContext?
    let began = NIODeadline.now()

    /// What kept a request from a good end.
    enum Failure: Equatable {
        /// It was answered in place of the origin.
        case answered(EdgeFailure)
        /// The visitor was gone before it had the whole response.
        case visitorLeft
        /// The tunnel needed the memory that waited for a visitor who did not read.
        case readerEvicted
        /// The tunnel was lost in the middle of the response.
        case tunnelLost
        /// The origin, or its agent, broke off in the middle of the response.
        case originBroke
        /// The request could not be read, or not to its end.
        case malformed

        /// What the access log says.
        var word: String {
            switch self {
            case .answered(let failure): failure.rawValue
            case .visitorLeft: "visitor_left"
            case .readerEvicted: "reader_evicted"
            case .tunnelLost: EdgeFailure.tunnelLost.rawValue
            case .originBroke: EdgeFailure.originBroke.rawValue
            case .malformed: "malformed"
            }
        }
    }

    init(requestID: String) { self.requestID = requestID }

    /// How long the request has taken until now.
    var age: TimeAmount { NIODeadline.now() - began }

    /// What the log says of it.
    ///
    /// - Parameter request: The request; nil when it was too wrong to be read.
    /// - Returns: The line to be written.
    func entry(of request: VisitorRequest?) -> AccessLogEntry {
        let duration = age
        func text(_ view: ByteBufferView?) -> String? { view.map { String(decoding: $0, as: UTF8.self) } }
        return AccessLogEntry(
            time: Date.now.addingTimeInterval(-Double(duration.nanoseconds) / 1e9),
            requestID: requestID,
            client: client?.description ?? "unknown",
            method: text(request?.method) ?? "",
            host: text(request?.authority) ?? "",
            target: text(request?.target) ?? "",
            version: request?.version ?? "",
            status: status,
            bytesIn: bytesIn,
            bytesOut: bytesOut,
            duration: .nanoseconds(duration.nanoseconds),
            device: device,
            failure: failure?.word,
            traceID: trace?.traceIDText,
            userAgent: text(request?.fields.first("user-agent")),
            referer: text(request?.fields.first("referer"))
        )
    }
}

extension EdgeCore {
    /// Counts a request that is over.
    func count(_ status: Int, after duration: TimeAmount) {
        metrics.requestEnded(status: status)
        metrics.requestDuration.recordNanoseconds(duration.nanoseconds)
    }

    /// Accounts for a request that was refused before it could be read.
    ///
    /// - Parameters:
    ///   - status: What it is answered with.
    ///   - sentence: What was wrong.
    ///   - peer: Who sent it; nothing that it says of itself can be believed yet.
    ///   - failure: What the log says.
    /// - Returns: The page that says so.
    func refused(
        status: Int,
        sentence: String,
        peer: IPAddress?,
        failure: RequestAccount.Failure = .malformed
    ) -> ErrorPage {
        var account = RequestAccount(requestID: nextRequestID())
        account.status = status
        account.client = peer
        account.failure = failure
        metrics.requestEnded(status: status)
        accessLog?.record(account.entry(of: nil))
        return ErrorPage(status: status, sentence: sentence, requestID: account.requestID)
    }
}
