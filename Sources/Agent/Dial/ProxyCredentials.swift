import FoundationEssentials

/// What a proxy may want to know before it lets somebody through; never shown.
package struct ProxyCredentials: Sendable, Equatable {
    let user: [UInt8]
    let password: [UInt8]

    /// The most bytes of each that are taken; SOCKS5 has one byte for a length (RFC 1929).
    private static let limit = 255

    /// Reads `user:password` as it stands in a file, with the line end that editors add.
    package init(line: String) throws(ProxyAddressError) {
        let line = line.hasSuffix("\r\n") || line.hasSuffix("\n") ? line.dropLast() : line[...]
        guard !line.utf8.contains(where: { $0 < 0x20 }) else { throw .badCredentials }
        let (user, password) = Self.split(line)
        try self.init(user: Array(user.utf8), password: Array(password.utf8))
    }

    /// Reads the user information of a URL (RFC 3986, 3.2.1).
    init(percentEncoded text: Substring) throws(ProxyAddressError) {
        let (user, password) = Self.split(text)
        guard let user = PercentEncoding.decoded(user), let password = PercentEncoding.decoded(password) else {
            throw .badCredentials
        }
        try self.init(user: user, password: password)
    }

    private init(user: [UInt8], password: [UInt8]) throws(ProxyAddressError) {
        // RFC 7617, 2: no colon in the user's name, or the password would begin there.
        guard !user.isEmpty, user.count <= Self.limit, password.count <= Self.limit,
            !user.contains(UInt8(ascii: ":")), !(user + password).contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { throw .badCredentials }
        self.user = user
        self.password = password
    }

    private static func split(_ text: Substring) -> (Substring, Substring) {
        guard let colon = text.firstIndex(of: ":") else { return (text, "") }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    /// RFC 1929 has no way to write an empty password.
    var fitsSOCKS5: Bool { !password.isEmpty }

    /// The value of Proxy-Authorization in the Basic scheme (RFC 7617).
    var basic: String { "Basic " + Data(user + [UInt8(ascii: ":")] + password).base64EncodedString() }
}

extension ProxyCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Percent-encoding (RFC 3986, 2.1), strictly: half an escape is no text.
enum PercentEncoding {
    static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
