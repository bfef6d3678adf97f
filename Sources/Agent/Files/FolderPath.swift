import NIOCore

/// Where in a folder the target of a request leads: names to go down by, each of them harmless by itself.
///
/// Every name is one that a visitor may see: not empty, not hidden, and without a separator of any system in it.
struct FolderPath: Equatable, Sendable {
    let names: [String]
    /// Whether the target ends with a slash, as those of folders do.
    let isFolder: Bool

    /// Why a target leads nowhere.
    enum Refusal: Error {
        /// It is no target of RFC 3986, or what it says is not UTF-8.
        case malformed
        /// It is one, but nothing that is served can have such a name.
        case notServed
    }

    /// What file systems allow a path and a name.
    static let longestTarget = 4096
    static let longestName = 255
    static let mostNames = 64

    init(target: some Collection<UInt8>) throws(Refusal) {
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        guard path.first == UInt8(ascii: "/"), path.allSatisfy(Self.mayStandInTarget) else { throw .malformed }
        guard path.count <= Self.longestTarget else { throw .notServed }
        var segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        isFolder = segments.last?.isEmpty ?? true
        if isFolder { segments = segments.dropLast() }
        guard segments.count <= Self.mostNames else { throw .notServed }
        var names: [String] = []
        for segment in segments { names.append(try Self.name(segment)) }
        self.names = names
    }

    /// Visible ASCII.
    ///
    /// A fragment has no place in a request, and a backslash stands for a slash in too many programs.
    private static func mayStandInTarget(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
    }

    /// Decodes once: what is still an escape after that is a part of the name.
    private static func name(_ segment: some Collection<UInt8>) throws(Refusal) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(segment.count)
        var rest = segment[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                throw .malformed
            }
            decoded.append(high << 4 | low)
        }
        guard let name = String(validating: decoded, as: UTF8.self) else { throw .malformed }
        guard mayBeServed(name) else { throw .notServed }
        return name
    }

    /// Whether an entry of a folder is shown to visitors at all.
    static func mayBeServed(_ name: String) -> Bool {
        guard (1...longestName).contains(name.utf8.count), !isHidden(name) else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar != "/" && scalar != "\\" && scalar.properties.generalCategory != .control
        }
    }

    /// Names that begin with a dot, `.` and `..` among them.
    ///
    /// Scalars that show nothing are skipped: some file systems skip them, too, when they compare names.
    private static func isHidden(_ name: String) -> Bool {
        name.unicodeScalars.first { !$0.properties.isDefaultIgnorableCodePoint } == "."
    }
}

extension FolderPath {
    /// Where the folder is whose target lacks its slash: said relative to it, so that no name can be read as a host.
    ///
    /// - Parameter target: The target that this path came from, whose query goes along.
    /// - Returns: A relative reference (RFC 3986, 4.2).
    func locationOfFolder(target: some Collection<UInt8>) -> String {
        let query = target.drop { $0 != UInt8(ascii: "?") }
        let mayGoAlong = query.allSatisfy { (0x21...0x7E).contains($0) }
        let name = Self.encoded(names.last ?? "")
        return "./\(name)/\(mayGoAlong ? String(decoding: query, as: UTF8.self) : "")"
    }

    /// A name as one segment of a target (RFC 3986, 3.3); everything but unreserved characters is escaped.
    static func encoded(_ name: String) -> String {
        var encoded = ""
        for byte in name.utf8 {
            if byte.isUnreserved {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// RFC 3986, 2.3.
    fileprivate var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
