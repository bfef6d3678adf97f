import FoundationEssentials

/// What an operator gives to one future device; whoever has it can become that device.
///
/// Printing, reflecting or interpolating one gives "(secret)".
package struct EnrolmentToken: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What scanners of repositories and logs look for.
    package static let prefix = "osmi_"
    /// 32 bytes in base64url without padding.
    private static let digits = 43
    /// Random bytes in a token.
    package static let randomBytes = 32

    /// The token itself, for the one request that it is made for: never into a log, an error or a command line.
    package let text: String

    /// Reads a token; nil for what cannot be one.
    package init?(_ text: some StringProtocol) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == Self.digits, digits.allSatisfy(Self.isDigit) else {
            return nil
        }
        self.text = String(text)
    }

    /// Writes as a token what was drawn for it: ``randomBytes`` bytes that nobody can guess.
    package init(drawn bytes: [UInt8]) {
        precondition(bytes.count == Self.randomBytes)
        let digits = Data(bytes).base64EncodedString().prefix(Self.digits).map { digit -> Character in
            switch digit {
            case "+": "-"
            case "/": "_"
            default: digit
            }
        }
        text = Self.prefix + String(digits)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
