/// Finds the values of secret members in JSON, also where JSON is cut off, stands in other text or within a string.
///
/// It looks for colons behind a quoted name instead of parsing: a text that is no JSON cannot put it out of step.
struct MemberScan {
    private static let mark = Array("\"\(Redaction.mark)\"".utf8)
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    /// A longer name is no name.
    private static let nameLimit = 256

    private let bytes: [UInt8]

    static func redact(_ redacted: inout RedactedBytes, _ bytes: [UInt8]) {
        let scan = Self(bytes: bytes)
        var position = 0
        while let colon = bytes[position...].firstIndex(of: UInt8(ascii: ":")) {
            position = colon + 1
            guard let name = scan.name(before: colon), SecretName.matches(scan.unescaped(name)) else { continue }
            let value = scan.value(after: colon)
            let depth = scan.backslashes(before: name.upperBound)
            if !scan.isPlain(value) { redacted.remove(value, showing: escapedMark(depth: depth)) }
            position = max(position, value.upperBound)
        }
    }

    /// The mark in quotes, which are escaped where the JSON stands within a string.
    private static func escapedMark(depth: Int) -> [UInt8] {
        guard depth > 0 else { return mark }
        let quoted = Array(repeating: backslash, count: depth) + [quote]
        return quoted + Redaction.markBytes + quoted
    }

    /// The quoted name that ends before the colon, without its quotes.
    private func name(before colon: Int) -> Range<Int>? {
        var end = colon
        while end > 0, isBlank(bytes[end - 1]) { end -= 1 }
        guard end > 0, bytes[end - 1] == Self.quote else { return nil }
        end -= 1
        var begin = end
        while begin > 0, end - begin < Self.nameLimit, bytes[begin - 1] != Self.quote { begin -= 1 }
        guard begin > 0, bytes[begin - 1] == Self.quote else { return nil }
        return begin..<end
    }

    /// The name with `\u0061` and its like read, in case somebody hides it so.
    private func unescaped(_ name: Range<Int>) -> [UInt8] {
        var unescaped: [UInt8] = []
        var rest = bytes[name]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "u"), rest.count >= 4, unescaped.last == Self.backslash,
                let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16), unit < 0x80
            else {
                unescaped.append(byte)
                continue
            }
            unescaped.append(UInt8(truncatingIfNeeded: unit))
            rest = rest.dropFirst(4)
        }
        return unescaped
    }

    private func value(after colon: Int) -> Range<Int> {
        let begin = firstNonBlank(from: colon + 1)
        guard begin < bytes.count else { return begin..<begin }
        switch bytes[begin] {
        case Self.quote: return begin..<endOfString(begin)
        case Self.backslash: return begin..<(isQuoteEscaped(begin) ? endOfString(begin) : begin)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return begin..<endOfCollection(begin)
        default:
            let end = bytes[begin...].firstIndex { isBlank($0) || Array(",}]\"\\".utf8).contains($0) }
            return begin..<(end ?? bytes.count)
        }
    }

    /// Past blanks, also those that are escaped because the JSON stands within a string.
    private func firstNonBlank(from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            if isBlank(bytes[position]) {
                position += 1
                continue
            }
            let behind = position + escapes(at: position)
            guard behind > position, behind < bytes.count, Array("nrt".utf8).contains(bytes[behind]) else { break }
            position = behind + 1
        }
        return position
    }

    /// What is said without a secret.
    private func isPlain(_ value: Range<Int>) -> Bool {
        value.isEmpty || ["null", "true", "false"].contains { bytes[value].elementsEqual($0.utf8) }
    }

    /// Behind the closing quote of the string that begins here, or the end of all.
    ///
    /// A quote of JSON within d strings has 2^d - 1 backslashes before it; a quote within such a string has more.
    private func endOfString(_ begin: Int) -> Int {
        let depth = escapes(at: begin)
        var position = begin + depth + 1
        while position < bytes.count {
            guard let quote = bytes[position...].firstIndex(of: Self.quote) else { return bytes.count }
            let run = backslashes(before: quote)
            if run < depth { return quote - run }
            if run % (2 * (depth + 1)) == depth { return quote + 1 }
            position = quote + 1
        }
        return bytes.count
    }

    private func endOfCollection(_ begin: Int) -> Int {
        var depth = 0
        var position = begin
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case Self.quote:
                position = endOfString(position)
                continue
            case Self.backslash:
                position = isQuoteEscaped(position) ? endOfString(position) : position + escapes(at: position)
                continue
            default: break
            }
            position += 1
            if depth == 0 { return position }
        }
        return bytes.count
    }

    /// Whether the backslashes that begin here belong to a quote.
    private func isQuoteEscaped(_ position: Int) -> Bool {
        let behind = position + escapes(at: position)
        return behind < bytes.count && bytes[behind] == Self.quote
    }

    private func escapes(at position: Int) -> Int {
        guard position < bytes.count else { return 0 }
        return bytes[position...].prefix { $0 == Self.backslash }.count
    }

    private func backslashes(before position: Int) -> Int {
        var begin = position
        while begin > 0, bytes[begin - 1] == Self.backslash { begin -= 1 }
        return position - begin
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}
