import HTTPFields
import TunnelProtocol

// Who a visitor is, as the edge says it. A visitor cannot write these fields: the edge removes what it sent under their
// names (yellow paper, 8.1 and 9).
extension IPAddress {
    /// The visitor of an HTTP stream; nil when the edge does not know it, or when the field is not as an edge writes it.
    init?(visitorOf request: FieldSection) {
        guard let value = request.only("x-forwarded-for") else { return nil }
        // An edge writes one address. A list would mean that something else has written here.
        self.init(value)
    }

    /// The visitor of a TCP or UDP stream, under the same conditions.
    init?(visitorOfRaw request: FieldSection) {
        guard request.only(RawStreamFields.visitor.description) != nil else { return nil }
        self.init(VisitorAddresses(request).visitor)
    }
}

extension FieldSection {
    /// The value of the field of that name; nil when there is none or more than one.
    func only(_ name: String) -> String? {
        var found: String?
        for index in entries.indices where nameEquals(name, at: index) {
            guard found == nil else { return nil }
            found = String(decoding: value(at: index), as: UTF8.self)
        }
        return found
    }
}
