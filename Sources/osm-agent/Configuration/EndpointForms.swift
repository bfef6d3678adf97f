import Agent
import NIOCore
import Settings

extension SettingForm where Value == String {
    /// A name that a command line, a path of the local API and a log take as one word.
    static var endpointName: SettingForm {
        let expectation = "a name: up to 63 letters, digits, '-', '_' and '.', a letter or digit first"
        return SettingForm("name", expectation: expectation) { text in
            let isWhole = text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
            guard (1...63).contains(text.utf8.count), isWhole, text.utf8.first.map(isLetterOrDigit) == true else {
                return nil
            }
            return text
        } print: {
            $0
        }
    }

    /// An address, or a block of them.
    static var cidr: SettingForm {
        SettingForm("cidr", expectation: "an address or a block, such as 192.0.2.0/24") { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let bits = addressBits(String(parts[0])) else { return nil }
            guard parts.count == 2 else { return text }
            let isNumber = !parts[1].isEmpty && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
            guard isNumber, let prefix = Int(parts[1]), (0...bits).contains(prefix) else { return nil }
            return text
        } print: {
            $0
        }
    }

    /// The name of a header field.
    static var headerName: SettingForm {
        SettingForm("field", expectation: "the name of a header field, such as X-Team") { text in
            !text.isEmpty && text.utf8.allSatisfy(isTokenByte) ? text : nil
        } print: {
            $0
        }
    }

    private static func addressBits(_ text: String) -> Int? {
        do {
            switch try SocketAddress(ipAddress: text, port: 0) {
            case .v4: return 32
            case .v6: return 128
            case .unixDomainSocket: return nil
            }
        } catch {
            return nil
        }
    }

    fileprivate static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// RFC 9110, 5.6.2.
    fileprivate static func isTokenByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

extension SettingForm where Value == EndpointSpec.HeaderSpec.Field {
    /// `Name: value`, as which one entry of a mapping is passed along.
    static var headerField: SettingForm {
        SettingForm("field: value") { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try SettingForm<String>.headerName.parse(String(parts[0]))
            let value = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
            // The value is not repeated: it may be a token.
            let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            guard isPlain else { throw SettingRefusal("the value of '\(name)' has a control character in it") }
            return EndpointSpec.HeaderSpec.Field(name: name, value: value)
        } print: {
            "\($0.name): \($0.value)"
        }
    }
}
