import NIOCore

/// An entity tag (RFC 9110, 8.8.3).
struct EntityTag: Equatable, Sendable, CustomStringConvertible {
    /// What stands between the quotation marks.
    let opaque: String
    let isWeak: Bool

    /// As a field says it.
    var description: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }

    /// Whether both are known to stand for the same bytes (RFC 9110, 8.8.3.2).
    func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Whether one may stand for the other.
    func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    init(opaque: String, isWeak: Bool) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads one tag and leaves what follows it; nil when there is none.
    init?(readingFrom rest: inout ArraySlice<UInt8>) {
        var after = rest
        isWeak = after.starts(with: "W/".utf8)
        if isWeak { after.removeFirst(2) }
        guard after.popFirst() == UInt8(ascii: "\"") else { return nil }
        guard let end = after.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        // Anything visible, and what once was Latin-1; a comma is a part of the tag.
        let text = after[..<end]
        guard text.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        guard let opaque = String(validating: text, as: UTF8.self) else { return nil }
        self.opaque = opaque
        rest = after[(end + 1)...]
    }
}

/// The value of If-Match or If-None-Match.
enum EntityTagList: Equatable {
    case any
    /// The tags up to the first that is none.
    case tags([EntityTag])

    init(_ field: some Collection<UInt8>) {
        var rest = Array(field)[...]
        Self.skipSeparators(&rest)
        if rest.elementsEqual("*".utf8) {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        while let tag = EntityTag(readingFrom: &rest) {
            tags.append(tag)
            let left = rest.count
            Self.skipSeparators(&rest)
            guard rest.count < left else { break }
        }
        self = .tags(tags)
    }

    /// Whether any tag of the list is this one in the sense of `isSame`.
    func contains(_ tag: EntityTag, _ isSame: (EntityTag, EntityTag) -> Bool) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { isSame($0, tag) }
        }
    }

    private static func skipSeparators(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
