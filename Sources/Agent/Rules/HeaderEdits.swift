package import HTTPFields
import NIOCore

/// What an endpoint's owner changes in the head of each request or each final response.
///
/// An added field takes the place of every field of its name; two additions of one name give two fields, in their order.
/// Names count as equal when an origin may take one for the other: without case, and with `_` for `-`, so that a visitor
/// cannot bring `x_user` beside an `x-user` of the owner's. Interim responses and trailers stay as they are.
package struct HeaderEdits: Sendable, Equatable {
    package typealias Field = EndpointSpec.HeaderSpec.Field

    /// Nothing is changed.
    package static let none = HeaderEdits()

    private let additions: [Field]
    /// Every name that ends here, small and with `-` for `_`.
    private let ending: [String]

    private init() {
        additions = []
        ending = []
    }

    /// Checks what somebody wrote.
    ///
    /// - Parameters:
    ///   - spec: What to set, where a name may come more than once, and the names of what ends here.
    ///   - rule: Which head it is about, for the words of an error.
    /// - Throws: An error that quotes the first name that is wrong.
    package init(_ spec: EndpointSpec.HeaderSpec, in rule: VisitorRulesError.Rule) throws(VisitorRulesError) {
        guard spec.add.count + spec.remove.count <= HeaderEditCheck.most else {
            throw VisitorRulesError(rule, "more than \(HeaderEditCheck.most) headers are edited")
        }
        let check = HeaderEditCheck(rule: rule)
        var additions: [Field] = []
        for field in spec.add {
            additions.append(Field(name: try check.name(field.name), value: try check.value(field)))
        }
        let added = Set(additions.map { HeaderEditCheck.likeness(of: $0.name) })
        var removed: Set<String> = []
        for name in spec.remove { removed.insert(HeaderEditCheck.likeness(of: try check.name(name))) }
        if let both = added.intersection(removed).min() {
            throw VisitorRulesError(
                rule,
                "'\(both)' is added and removed; what is added takes the place of what was there anyway"
            )
        }
        self.additions = additions
        ending = added.union(removed).sorted()
    }

    package var isEmpty: Bool { ending.isEmpty }

    /// The section as it is to be sent on.
    package func applied(to fields: FieldSection) -> FieldSection {
        guard !isEmpty else { return fields }
        var edited = FieldSection(
            capacity: fields.storage.readableBytes
                + additions.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count },
            fields: fields.count + additions.count
        )
        for index in fields.entries.indices {
            let name = fields.name(at: index)
            guard !ending.contains(where: name.mayPassFor) else { continue }
            edited.append(name: name, value: fields.value(at: index))
        }
        for field in additions { edited.append(field.name, field.value) }
        return edited
    }
}
