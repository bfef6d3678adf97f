import HTTPFields
import NIOCore

/// One element of a Forwarded field (RFC 7239, 4), read strictly: no white space within, no parameter twice.
struct ForwardedElement: Equatable {
    private(set) var node: String?
    private(set) var proto: String?
    private(set) var host: String?
    private var seen: [String] = []

    private init() {}

    private static let maximumParameters = 8

    /// Reads one line's list of elements.
    ///
    /// - Parameter value: The field's value.
    /// - Returns: The elements from left to right, or nil when any part of the line is malformed.
    static func list(_ value: ByteBufferView) -> [ForwardedElement]? {
        var reader = Reader(bytes: value)
        var elements: [ForwardedElement] = []
        repeat {
            reader.skipBlanks()
            // RFC 9110, 5.6.1.2: a list may have empty elements.
            if reader.isAtEnd || reader.isAt(",") { continue }
            guard elements.count < ForwardedClaim.maximumHops, let element = reader.element() else { return nil }
            elements.append(element)
            reader.skipBlanks()
            guard reader.isAtEnd || reader.isAt(",") else { return nil }
        } while reader.take(",")
        return elements
    }

    /// Takes a parameter; false when it was there before or there are too many.
    private mutating func set(_ name: String, _ value: String) -> Bool {
        guard seen.count < Self.maximumParameters, !seen.contains(name) else { return false }
        seen.append(name)
        switch name {
        case "for": node = value
        case "proto": proto = value
        case "host": host = value
        default: break  // `by`, and what may be registered later
        }
        return true
    }

    private struct Reader {
        private let bytes: ByteBufferView
        private var position: Int

        init(bytes: ByteBufferView) {
            self.bytes = bytes
            position = bytes.startIndex
        }

        var isAtEnd: Bool { position == bytes.endIndex }

        func isAt(_ character: Unicode.Scalar) -> Bool {
            position < bytes.endIndex && bytes[position] == UInt8(ascii: character)
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            position += 1
            return true
        }

        mutating func skipBlanks() {
            while isAt(" ") || isAt("\t") { position += 1 }
        }

        mutating func element() -> ForwardedElement? {
            var element = ForwardedElement()
            repeat {
                // `[ forwarded-pair ]`: between two semicolons there may be nothing.
                if isAtEnd || isAt(";") || isAt(",") { continue }
                guard let name = token(), take("="), let value = isAt("\"") ? quoted() : token(),
                    element.set(name.lowercased(), value)
                else { return nil }
            } while take(";")
            return element
        }

        private mutating func token() -> String? {
            let start = position
            while position < bytes.endIndex, Self.isToken(bytes[position]) { position += 1 }
            return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
        }

        /// A quoted string without its quotation marks and escapes (RFC 9110, 5.6.4), of ASCII alone.
        private mutating func quoted() -> String? {
            guard take("\"") else { return nil }
            var value: [UInt8] = []
            while position < bytes.endIndex {
                var byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard position < bytes.endIndex else { return nil }
                    byte = bytes[position]
                    position += 1
                }
                guard (0x20...0x7E).contains(byte) else { return nil }
                value.append(byte)
            }
            return nil
        }

        /// RFC 9110, 5.6.2.
        private static func isToken(_ byte: UInt8) -> Bool {
            switch byte.lowercasedASCII {
            case 0x30...0x39, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }
}
