import HTTPFields
import NIOCore

/// The first line of an exchange, out of the head of its request.
struct SummaryDraft {
    let id: Int
    let endpoint: String
    let began: String
    let request: FieldSection
    let replayOf: Int?

    func summary(_ redaction: Redaction, _ limits: ExchangeLimits) -> ExchangeSummary {
        let target = redaction.target(request.target).shown
        let isCut = target.count > limits.pathBytes
        let path = String(decoding: target.prefix(limits.pathBytes), as: UTF8.self)
        return ExchangeSummary(
            id: id,
            endpoint: endpoint,
            began: began,
            method: request.string(":method") ?? "",
            host: request.string(":authority") ?? request.string("host") ?? "",
            path: isCut ? path + "…" : path,
            status: nil,
            phase: .open,
            kind: kind,
            requestBytes: 0,
            responseBytes: 0,
            durationMilliseconds: nil,
            error: nil,
            replayOf: replayOf
        )
    }

    private var kind: ExchangeSummary.Kind {
        if request.first(":protocol")?.equalsIgnoringCase("websocket") == true { return .websocket }
        return request.mediaType.hasPrefix("application/grpc") ? .grpc : .http
    }
}

extension FieldSection {
    /// The media type in small letters, without parameters; empty when there is none.
    var mediaType: String {
        let type = (string("content-type") ?? "").prefix { $0 != ";" && $0 != "," }
        return type.lowercased().filter { $0 != " " && $0 != "\t" }
    }

    /// The compression of the body, nil when there is none.
    var contentCoding: String? {
        guard let coding = string("content-encoding")?.lowercased(), coding != "identity", !coding.isEmpty else {
            return nil
        }
        return coding
    }
}
