import HTTPFields
import NIOCore

/// What a request may say that a person wrote: no more than what could have come through a tunnel.
enum ReplayRules {
    static let maximumFields = 200
    static let maximumBytes = 64 << 10

    /// RFC 9110, 5.6.2.
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
                }
            }
    }

    /// The form of origins, in printable ASCII; `*` of OPTIONS can only be repeated.
    static func isTarget(_ bytes: [UInt8]) -> Bool {
        bytes.first == UInt8(ascii: "/") && bytes.count <= maximumBytes
            && bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
    }

    /// Whether a field of the kept request is part of its repetition.
    static func isKept(_ request: FieldSection, at index: Int) -> Bool {
        !request.isPseudo(at: index) && !request.nameEquals("content-length", at: index)
    }

    static func check(_ name: String, _ value: [UInt8]) throws(ReplayRefusal) {
        guard isToken(name.utf8) else {
            throw ReplayRefusal(.field, "A field's name consists of letters, digits and hyphens.")
        }
        guard value.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
            throw ReplayRefusal(.field, "The value of \(name) holds a line break or another control character.")
        }
        let isTrailers = name == "te" && value.map(\.lowercasedASCII) == Array("trailers".utf8)
        // Some origins read `_` as `-`.
        guard isTrailers || !ofOthers.contains(name.replacing("_", with: "-")) else {
            throw ReplayRefusal(
                .field,
                "\(name) is not part of a request: the host stays, and connections are not yours."
            )
        }
    }

    static func trimmed(_ value: [UInt8]) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let rest = value.drop(while: isBlank)
        return rest.lastIndex { !isBlank($0) }.map { Array(rest[...$0]) } ?? []
    }

    /// Fields of one connection (RFC 9110, 7.6.1), of the length, and of the host, which the exchange has already.
    private static let ofOthers: Set<String> = [
        "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings", "te",
        "expect", "content-length", "trailer",
    ]
}
