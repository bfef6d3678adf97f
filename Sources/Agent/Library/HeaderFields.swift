import HTTPFields

/// The header fields of a message, in order; names are compared without case.
///
/// What a visitor sends has no limit that an app need know: the edge refuses sections beyond 64 KiB before they come here.
public struct HeaderFields: Sendable, Equatable, RandomAccessCollection, ExpressibleByDictionaryLiteral {
    /// One line: a name and a value.
    public struct Field: Sendable, Equatable {
        /// As it was sent or appended; HTTP/2 sends names in small letters.
        public let name: String
        public let value: String

        /// A field as it is; what may not be sent is found out when it is sent.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// The fields in the order in which they are written; a name may come more than once.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    public var startIndex: Int { fields.startIndex }
    public var endIndex: Int { fields.endIndex }
    public subscript(position: Int) -> Field { fields[position] }

    /// The first value of that name; setting puts one field in the place of all of that name, or removes them.
    public subscript(name: String) -> String? {
        get { first { Self.isSame($0.name, name) }?.value }
        set {
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value of that name, such as of `set-cookie`, in order.
    public func values(of name: String) -> [String] { filter { Self.isSame($0.name, name) }.map(\.value) }

    /// Adds a field behind all others, also when there is one of that name.
    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && one.utf8.elementsEqual(other.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension HeaderFields {
    /// What a message says beside its pseudo-header fields.
    init(_ section: FieldSection) {
        for index in section.entries.indices {
            let name = section.name(at: index)
            guard name.first != UInt8(ascii: ":") else { continue }
            append(String(decoding: name, as: UTF8.self), String(decoding: section.value(at: index), as: UTF8.self))
        }
    }
}
