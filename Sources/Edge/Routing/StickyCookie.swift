import HTTPFields
import NIOCore

/// The cookie by which a visitor stays with a device.
///
/// It holds a mark that means nothing to anybody without the edge's key. It is no proof of anything: whoever holds another
/// device's mark may choose that device of the same binding, which it could also reach by chance.
enum StickyCookie {
    static let name = "osm_sticky"
    /// Of a mark, in hexadecimal digits.
    static let length = 32
    /// A visitor's browser may send one for each path; more are not looked at.
    static let mostRead = 8

    /// The marks that a request carries, the first one first.
    ///
    /// RFC 6265, 5.4: the cookie of the longest path comes first. HTTP/2 may split the field (RFC 9113, 8.2.3).
    static func marks(in fields: FieldSection) -> [String] {
        var marks: [String] = []
        for index in fields.entries.indices where fields.nameEquals("cookie", at: index) {
            for pair in fields.value(at: index).split(separator: UInt8(ascii: ";")) {
                guard let mark = mark(of: pair) else { continue }
                marks.append(mark)
                guard marks.count < mostRead else { return marks }
            }
        }
        return marks
    }

    /// What a Set-Cookie field says.
    ///
    /// Without Domain, so that the cookie is for this host alone; without an age, so that it ends with the browser.
    static func setting(_ mark: String, path: PathPrefix, isSecure: Bool) -> String {
        "\(name)=\(mark); Path=\(path); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }

    private static func mark(of pair: ByteBufferView) -> String? {
        let pair = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard pair.starts(with: prefix) else { return nil }
        var value = pair.dropFirst(prefix.count)
        while value.last == UInt8(ascii: " ") || value.last == UInt8(ascii: "\t") { value.removeLast() }
        guard value.count == length, value.allSatisfy(isDigit) else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static let prefix = Array("\(name)=".utf8)
}
