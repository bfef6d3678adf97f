import Cryptography
import FoundationEssentials

/// A one-time right to enrol a device, as it is told to whoever holds the device: `osmi_` and 256 random bits.
///
/// The CA keeps its digest only. What is drawn with so much chance needs no slow hash.
package struct InvitationToken: Sendable {
    /// What every token begins with, so that scanners for lost secrets know one.
    package static let prefix = "osmi_"
    private static let randomBytes = 32
    /// Base64 of 32 bytes without its padding.
    private static let randomCharacters = 43

    /// The token itself; a secret until it is used.
    package let text: String

    /// Draws a new one.
    static func draw() throws(CryptographyError) -> InvitationToken {
        let random = Data(try Digest.random(count: randomBytes)).base64EncodedString()
        let characters = random.prefix(randomCharacters).map { character -> Character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        }
        return InvitationToken(text: prefix + String(characters))
    }

    private init(text: String) { self.text = text }

    /// Takes what somebody sent; nil for what no token of ours looks like.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let random = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard random.count == Self.randomCharacters, random.allSatisfy(Self.isRandomCharacter) else { return nil }
        self.text = text
    }

    private static func isRandomCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Its SHA-256 in hexadecimal, by which the CA finds the invitation.
    var digest: String {
        get throws(CryptographyError) { try Digest.sha256(Array(text.utf8)).hexadecimal }
    }
}
