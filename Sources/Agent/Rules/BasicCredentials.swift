import FoundationEssentials
import HTTP1
import HTTPFields

/// A user and a password as a visitor sends them (RFC 7617).
struct BasicCredentials: Sendable, Equatable {
    let user: String
    let password: [UInt8]

    private static let longest = 1024

    /// Reads the one Authorization field of a request; nil when there is none, more than one, or another scheme.
    init?(_ request: FieldSection) {
        guard let value = request.only("authorization"), value.utf8.count <= Self.longest else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1]))
        else { return nil }
        let bytes = Array(data)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: bytes[..<colon], as: UTF8.self), Self.isName(user.utf8)
        else { return nil }
        let password = Array(bytes[(colon + 1)...])
        guard Self.isPassword(password) else { return nil }
        self.user = user
        self.password = password
    }

    /// Whether it can be a user's name at all.
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...PasswordList.longestName).contains(bytes.count)
            && bytes.allSatisfy { Characters.isFieldValue($0) && $0 != UInt8(ascii: ":") }
    }

    /// Whether it can be a password at all: RFC 7617 has no control characters in it.
    static func isPassword(_ bytes: [UInt8]) -> Bool {
        (1...PasswordHash.longestPassword).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

extension PasswordHash {
    /// In bytes; whoever sends more is not heard.
    package static let longestPassword = 256

    /// One line of a password file.
    ///
    /// - Throws: ``VisitorRulesError`` for a name or a password that no visitor could send.
    package static func line(user: String, password: [UInt8]) throws -> String {
        guard BasicCredentials.isName(user.utf8) else {
            throw VisitorRulesError(
                .passwords,
                "a user's name has 1 to \(PasswordList.longestName) bytes, no colon and no control character"
            )
        }
        guard BasicCredentials.isPassword(password), password.count <= longestPassword else {
            throw VisitorRulesError(.passwords, "a password has 1 to \(longestPassword) bytes and no control character")
        }
        return "\(user):\(try PasswordHash(of: password))"
    }
}
