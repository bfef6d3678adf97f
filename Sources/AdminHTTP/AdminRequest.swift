package import NIOCore
import NIOHTTP1

/// One complete request to an admin endpoint.
package struct AdminRequest: Sendable {
    /// The method as sent, in capitals: `GET`, `HEAD`, `POST`, `PUT` or `DELETE` once it reaches a route.
    package let method: String
    /// The path without its query, not percent-decoded.
    package let path: String
    /// What follows the question mark, not decoded; empty without one.
    package let query: String
    /// `Host` as sent; nil when it is absent or stands more than once.
    package let host: String?
    /// `Origin` as sent: only browsers send one.
    package let origin: String?
    /// At most as many bytes as the server's limit.
    package let body: ByteBuffer
    var headers = HTTPHeaders()
    /// Whose connection it came on; nil on a Unix socket.
    package var peer: SocketAddress?
    /// What stood in the places of the route's path, percent-decoded.
    var parameters: [String: String] = [:]

    /// The first field of that name, whatever its case; nil when there is none.
    package func field(_ name: String) -> String? { headers.first(name: name) }

    /// What stands in place of `{name}` in the route's path, percent-decoded; empty when the route has no such place.
    package func parameter(_ name: String) -> String { parameters[name, default: ""] }

    /// The first value of a query field, with `+` and percent escapes decoded; nil when it is absent.
    package func queryValue(_ name: String) -> String? {
        for field in query.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.first.flatMap({ Self.decoded($0, plusIsSpace: true) }) == name else { continue }
            return parts.count == 2 ? Self.decoded(parts[1], plusIsSpace: true) : ""
        }
        return nil
    }

    /// Undoes percent escapes; nil when one is broken or the bytes are no UTF-8.
    static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = String(Substring(rest.prefix(2)))
                guard rest.count >= 2, let value = UInt8(digits, radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
