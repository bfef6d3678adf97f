import FoundationEssentials
import HTTPFields
import NIOCore

/// A request on its way from what is kept, by way of what a person changed, to what is sent.
struct ReplayDraft {
    private let kept: KeptExchange
    private let redaction: Redaction
    private let limits: ExchangeLimits

    init(_ kept: KeptExchange, _ redaction: Redaction, _ limits: ExchangeLimits) throws(ReplayRefusal) {
        self.kept = kept
        self.redaction = redaction
        self.limits = limits
        switch kept.summary.kind {
        case .http, .sse, .grpc: break
        case .websocket: throw ReplayRefusal(.notRepeatable, "A WebSocket is a conversation, not a request to repeat.")
        }
        guard kept.timing.requestReceived != nil else {
            throw ReplayRefusal(.incomplete, "The request did not arrive as a whole, so there is nothing to repeat.")
        }
        guard !kept.requestBody.isTruncated else {
            let sizes = "\(kept.requestBody.bytes.count) of \(kept.requestBody.total)"
            throw ReplayRefusal(
                .truncated,
                "Only \(sizes) bytes of the request's body are kept, so it cannot be repeated."
            )
        }
    }

    func request(_ edit: ReplayEdit) throws(ReplayRefusal) -> ReplayRequest {
        let body = try body(edit.body)
        var fields = FieldSection()
        fields.append(":method", try method(edit.method))
        fields.append(":scheme", kept.request.string(":scheme") ?? "https")
        fields.append(":authority", kept.summary.host)
        fields.append(":path", ByteBuffer(bytes: try path(edit.path)).readableBytesView)
        try appendFields(edit.fields, to: &fields)
        // What there was may have come without a length, and an edited body has another.
        if !body.isEmpty || kept.request.first("content-length") != nil {
            fields.append("content-length", String(body.count))
        }
        return ReplayRequest(
            replayOf: kept.summary.id,
            endpoint: kept.summary.endpoint,
            fields: fields,
            body: ByteBuffer(bytes: body)
        )
    }

    // MARK: What a person may change

    private func method(_ edited: String?) throws(ReplayRefusal) -> String {
        guard let edited else { return kept.summary.method }
        guard ReplayRules.isToken(edited.utf8), edited.utf8.count <= 32, edited != "CONNECT" else {
            throw ReplayRefusal(.method, "This is not a method that a request can have.")
        }
        return edited
    }

    private func path(_ edited: String?) throws(ReplayRefusal) -> [UInt8] {
        guard let edited else { return kept.request.target }
        let path = try restored(Array(edited.utf8), redaction.target(kept.request.target), "The path") { path in
            redaction.target(path)
        }
        guard ReplayRules.isTarget(path) || path == kept.request.target else {
            throw ReplayRefusal(.path, "A path begins with / and holds neither blanks nor #; encode them with %.")
        }
        return path
    }

    private func body(_ edited: ReplayEdit.Body?) throws(ReplayRefusal) -> [UInt8] {
        guard let edited else { return kept.requestBody.bytes }
        let written: [UInt8]
        switch edited.encoding {
        case .text: written = Array(edited.content.utf8)
        case .base64:
            guard let data = Data(base64Encoded: edited.content) else {
                throw ReplayRefusal(.body, "The body is not Base64.")
            }
            written = Array(data)
        }
        let shown = kept.requestBody.redacted(kept.request, redaction)
        let body = try restored(written, shown, "The body") { body in
            var changed = KeptBody()
            changed.append(body, limit: .max)
            return changed.redacted(kept.request, redaction)
        }
        guard body.count <= limits.bodyBytes else {
            throw ReplayRefusal(.body, "The body is longer than the \(limits.bodyBytes) bytes that can be repeated.")
        }
        return body
    }

    private func appendFields(_ edited: [FieldRecord]?, to fields: inout FieldSection) throws(ReplayRefusal) {
        guard let edited else {
            for index in kept.request.entries.indices where ReplayRules.isKept(kept.request, at: index) {
                fields.append(name: kept.request.name(at: index), value: kept.request.value(at: index))
            }
            return
        }
        guard edited.count <= ReplayRules.maximumFields else {
            throw ReplayRefusal(.field, "There are more than \(ReplayRules.maximumFields) fields.")
        }
        var seen: [String: Int] = [:]
        for field in edited {
            let name = field.name.lowercased()
            let place = seen[name, default: 0]
            seen[name] = place + 1
            // The length is that of the body, whatever a person says.
            if name == "content-length" { continue }
            let value = try value(of: field, named: name, at: place)
            try ReplayRules.check(name, value)
            fields.append(
                name: ByteBuffer(string: name).readableBytesView,
                value: ByteBuffer(bytes: value).readableBytesView
            )
        }
        guard fields.listSize <= ReplayRules.maximumBytes else {
            throw ReplayRefusal(.field, "The fields are longer than \(ReplayRules.maximumBytes) bytes together.")
        }
    }

    // MARK: Secrets behind their marks

    /// What the person wrote, or what stood there when nothing was changed.
    private func value(of field: FieldRecord, named name: String, at place: Int) throws(ReplayRefusal) -> [UInt8] {
        let request = kept.request
        let indices = request.entries.indices.filter { request.nameEquals(name, at: $0) }
        let written = ReplayRules.trimmed(Array(field.value.utf8))
        guard place < indices.count else {
            let none = redaction.value([], ofField: name.utf8)
            return try restored(written, none, "The field \(field.name)") { redaction.value($0, ofField: name.utf8) }
        }
        let original = Array(request.value(at: indices[place]))
        let shown = redaction.value(original, ofField: name.utf8)
        // Bytes that are not UTF-8 are replaced when they are shown.
        if Array(String(decoding: shown.shown, as: UTF8.self).utf8) == written { return original }
        return try restored(written, shown, "The field \(field.name)") { redaction.value($0, ofField: name.utf8) }
    }

    /// Puts secrets back, and makes sure that none has come to stand where it would be shown.
    private func restored(
        _ written: [UInt8],
        _ shown: RedactedBytes,
        _ place: String,
        again: ([UInt8]) -> RedactedBytes
    ) throws(ReplayRefusal) -> [UInt8] {
        guard redaction == .secrets, written.count(of: Redaction.markBytes) > 0 else { return written }
        guard let restored = shown.restored(written), again(restored).shown == written else {
            throw ReplayRefusal(
                .hiddenSecret,
                "\(place) holds \(Redaction.mark) where nothing is hidden: leave every mark in its place, or write values."
            )
        }
        return restored
    }
}
