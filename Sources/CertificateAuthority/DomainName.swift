/// A host name in the one form this project writes: lower case, A-labels, no trailing dot.
package struct DomainName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Folds the case; throws for whatever is not a host name of RFC 1123, IP addresses included.
    package init(_ text: String) throws {
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = name.utf8.count <= 253 && labels.allSatisfy(DomainName.isLabel)
        // A last label of digits alone would read as an IPv4 address.
        let isAddress = labels.last?.allSatisfy(\.isNumber) ?? true
        guard isName, !isAddress else {
            throw AuthorityError(
                .invalidInput,
                "\"\(text.prefix(300))\" is not a host name",
                next: "give one such as tunnel.example.com, an international name in its xn-- form"
            )
        }
        description = name
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }

    /// Whether this is `domain` or a name below it.
    package func isWithin(_ domain: DomainName) -> Bool {
        description == domain.description || description.hasSuffix("." + domain.description)
    }
}
