import HTTP1
import HTTPFields
import NIOCore

/// Response fields of a tunnel as an HTTP/2 visitor gets them.
enum HTTP2ResponseFields {
    /// The head of a final response; the edge's request identifier replaces any that an origin sent.
    static func final(_ status: Int, _ fields: FieldSection, requestID: String) throws(HTTP1Error) -> FieldSection {
        var section = try copy(status, fields) { index in
            fields.is(.xRequestID, at: index) || status == 204 && fields.is(.contentLength, at: index)
        }
        section.append(.xRequestID, requestID)
        return section
    }

    /// An interim response (RFC 9110, 15.2).
    static func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error) -> FieldSection {
        try copy(status, fields) { fields.is(.contentLength, at: $0) }
    }

    private static func copy(
        _ status: Int,
        _ fields: FieldSection,
        except isLeftOut: (Int) -> Bool
    ) throws(HTTP1Error) -> FieldSection {
        var section = FieldSection(capacity: fields.storage.readableBytes + 64, fields: fields.count + 2)
        section.append(.status, String(status))
        let hop = HopByHop.Section(fields)
        for index in fields.entries.indices where !isLeftOut(index) {
            let name = fields.name(at: index)
            if name.first == UInt8(ascii: ":") || hop.isConnectionSpecific(fields, at: index) { continue }
            try HTTP2RequestHead.checkField(name, fields.value(at: index))
            section.append(index, of: fields)
        }
        return section
    }
}
