import FoundationEssentials
import HTTPFields
import NIOCore

/// What the summary of an exchange begins with; put into words only when somebody looks.
struct SummaryLine: Sendable {
    let id: Int
    let endpoint: String
    let began: Date
    let replayOf: Int?
    let redaction: Redaction
    let pathBytes: Int

    func summary(of kept: KeptExchange) -> ExchangeSummary {
        let request = kept.request
        let target = redaction.target(request.target).shown
        let isCut = target.count > pathBytes
        let path = String(decoding: target.prefix(pathBytes), as: UTF8.self)
        return ExchangeSummary(
            id: id,
            endpoint: endpoint,
            began: ExchangeClock.timestamp(of: began),
            method: request.string(":method") ?? "",
            host: request.string(":authority") ?? request.string("host") ?? "",
            path: isCut ? path + "…" : path,
            status: kept.status,
            phase: kept.phase,
            kind: kept.kind ?? kind(of: request),
            requestBytes: kept.requestBody.total,
            responseBytes: kept.responseBody.total,
            durationMilliseconds: kept.durationMilliseconds,
            error: kept.error,
            replayOf: replayOf
        )
    }

    private func kind(of request: FieldSection) -> ExchangeSummary.Kind {
        if request.isWebSocket { return .websocket }
        return request.mediaType.hasPrefix("application/grpc") ? .grpc : .http
    }
}

extension FieldSection {
    /// Whether it asks for a WebSocket.
    var isWebSocket: Bool { first(.protocol)?.equalsIgnoringCase("websocket") == true }

    /// Whether the media type begins with, or is, those words in small letters; the same as asking ``mediaType`` but for its
    /// price.
    func hasMediaType(_ words: String, asPrefix: Bool) -> Bool {
        guard let value = first("content-type") else { return false }
        var expected = words.utf8.makeIterator()
        for byte in value where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t") {
            if byte == UInt8(ascii: ";") || byte == UInt8(ascii: ",") { break }
            guard let next = expected.next() else { return asPrefix }
            guard byte.lowercasedASCII == next else { return false }
        }
        return expected.next() == nil
    }

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

    /// The same in memory of its own.
    var copied: FieldSection {
        FieldSection(storage: ByteBuffer(bytes: storage.readableBytesView), entries: entries)
    }
}
