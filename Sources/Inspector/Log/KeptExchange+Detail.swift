import HTTPFields
import NIOCore

extension KeptExchange {
    /// What people get to see of it.
    func detail(_ redaction: Redaction) -> ExchangeDetail {
        var shown = summary
        if redaction == .nothing { shown.path = String(decoding: target, as: UTF8.self) }
        return ExchangeDetail(
            summary: shown,
            scheme: request.visitorScheme,
            path: String(decoding: redaction.target(target).shown, as: UTF8.self),
            request: record(request, requestTrailers, requestBody, redaction),
            response: record(response ?? FieldSection(), responseTrailers, responseBody, redaction),
            interim: interim.map { head in
                InterimRecord(
                    status: head.fields.status ?? 0,
                    fields: head.fields.records(redaction),
                    atMilliseconds: head.atMilliseconds
                )
            },
            timing: timing,
            messages: messages.list.map { $0.shown(redaction) },
            messagesDropped: messages.dropped,
            messagesProblem: messages.problem
        )
    }

    var target: [UInt8] { request.target }

    private func record(
        _ fields: FieldSection,
        _ trailers: FieldSection?,
        _ body: KeptBody,
        _ redaction: Redaction
    ) -> MessageRecord {
        MessageRecord(
            fields: fields.records(redaction),
            trailers: trailers?.records(redaction) ?? [],
            body: body.record(of: fields, redaction)
        )
    }
}

extension KeptBody {
    func redacted(_ fields: FieldSection, _ redaction: Redaction) -> RedactedBytes {
        let redaction = fields.contentCoding == nil ? redaction : .nothing
        return redaction.body(bytes, contentType: fields.string("content-type") ?? "")
    }

    func record(of fields: FieldSection, _ redaction: Redaction) -> BodyRecord {
        let coding = fields.contentCoding
        if let coding, let plain = PlainBody(bytes, coding: coding) {
            let redacted = redaction.body(plain.bytes, contentType: fields.string("content-type") ?? "")
            let shown = ShownBytes(redacted.shown, isText: true, isCut: plain.isCut)
            if shown.encoding == .text { return record(of: fields, shown, isCut: plain.isCut) }
        }
        let shown = ShownBytes(redacted(fields, redaction).shown, isText: coding == nil, isCut: isTruncated)
        return record(of: fields, shown, isCut: false)
    }

    private func record(of fields: FieldSection, _ shown: ShownBytes, isCut: Bool) -> BodyRecord {
        BodyRecord(
            bytesTotal: total,
            kept: bytes.count,
            truncated: isTruncated || isCut,
            encoding: shown.encoding,
            content: shown.content,
            mediaType: fields.mediaType,
            contentCoding: fields.contentCoding
        )
    }
}

extension KeptMessage {
    func shown(_ redaction: Redaction) -> StreamMessage {
        let isText = content.kind != .binary && !content.isCompressed
        let bytes = isText ? redaction.body(content.bytes, contentType: "").shown : content.bytes
        let isCut = content.size > content.bytes.count
        let shown = ShownBytes(bytes, isText: isText, isCut: isCut)
        return StreamMessage(
            direction: direction,
            atMilliseconds: atMilliseconds,
            kind: content.kind,
            size: content.size,
            encoding: shown.encoding,
            content: shown.content,
            truncated: isCut,
            compressed: content.isCompressed,
            closeCode: content.closeCode,
            eventName: content.eventName,
            eventID: content.eventID
        )
    }
}

extension FieldSection {
    /// The fields as text, without the pseudo-header fields.
    func records(_ redaction: Redaction) -> [FieldRecord] {
        entries.indices.filter { !isPseudo(at: $0) }.map { record(at: $0, redaction) }
    }

    func record(at index: Int, _ redaction: Redaction) -> FieldRecord {
        FieldRecord(
            name: String(decoding: name(at: index), as: UTF8.self),
            value: String(
                decoding: redaction.value(Array(value(at: index)), ofField: name(at: index)).shown,
                as: UTF8.self
            )
        )
    }

    var target: [UInt8] { first(":path").map(Array.init) ?? [] }

    var status: Int? { string(":status").flatMap { Int($0) } }

    /// How the visitor came: the edge says it, and what comes through a tunnel came over TLS unless it does.
    var visitorScheme: String {
        for name in ["x-forwarded-proto", ":scheme"] {
            if let scheme = string(name)?.lowercased(), scheme == "http" || scheme == "https" { return scheme }
        }
        return "https"
    }
}
