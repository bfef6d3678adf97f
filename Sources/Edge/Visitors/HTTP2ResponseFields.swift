import HTTP1
import HTTPFields
import NIOCore

/// Response fields of a tunnel as an HTTP/2 visitor gets them.
enum HTTP2ResponseFields {
    /// The head of a final response; the edge's request identifier replaces any that an origin sent.
    static func final(_ status: Int, _ fields: FieldSection, requestID: String) throws(HTTP1Error) -> FieldSection {
        var section = try copy(status, fields) { index in
            fields.nameEquals("x-request-id", at: index)
                || status == 204 && fields.nameEquals("content-length", at: index)
        }
        section.append("x-request-id", requestID)
        return section
    }

    /// An interim response (RFC 9110, 15.2).
    static func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error) -> FieldSection {
        try copy(status, fields) { fields.nameEquals("content-length", at: $0) }
    }

    private static func copy(
        _ status: Int,
        _ fields: FieldSection,
        except isLeftOut: (Int) -> Bool
    ) throws(HTTP1Error) -> FieldSection {
        var section = FieldSection(capacity: fields.storage.readableBytes + 64, fields: fields.count + 2)
        section.append(":status", String(status))
        for index in fields.entries.indices where !isLeftOut(index) {
            let name = fields.name(at: index)
            if name.first == UInt8(ascii: ":") || HopByHop.isConnectionSpecific(fields, at: index) { continue }
            let value = fields.value(at: index)
            try HTTP2RequestHead.checkField(name, value)
            section.append(name: name, value: value)
        }
        return section
    }
}
