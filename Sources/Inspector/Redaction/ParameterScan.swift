/// Finds secrets in `name=value` pairs, as queries, fragments and forms write them.
enum ParameterScan {
    /// - Parameters:
    ///   - redacted: Where the values are removed.
    ///   - bytes: An address or a form.
    ///   - start: Where its first name begins.
    ///   - hasFragment: Whether `#` ends a value.
    static func redact(_ redacted: inout RedactedBytes, _ bytes: [UInt8], from start: Int, hasFragment: Bool) {
        var begin = start
        while begin < bytes.count {
            let end =
                bytes[begin...].firstIndex { byte in
                    byte == UInt8(ascii: "&") || (hasFragment && byte == UInt8(ascii: "#"))
                } ?? bytes.count
            if let value = secret(in: bytes, begin..<end) { redacted.remove(value..<end) }
            begin = end + 1
        }
    }

    /// Where the value of a secret begins; some read `;` as `&`, so a name may stand after it and a value may hold it.
    private static func secret(in bytes: [UInt8], _ pair: Range<Int>) -> Int? {
        var begin = pair.lowerBound
        while begin < pair.upperBound {
            let end = bytes[begin..<pair.upperBound].firstIndex(of: UInt8(ascii: ";")) ?? pair.upperBound
            if let equals = bytes[begin..<end].firstIndex(of: UInt8(ascii: "=")),
                SecretName.matches(decoded(bytes[begin..<equals]))
            {
                return equals + 1
            }
            begin = end + 1
        }
        return nil
    }

    /// The text with its percent-encoding undone.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)) {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        digits.count == 2 ? UInt8(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }
}

/// Finds the values of cookies, whose names stay.
enum CookieScan {
    /// - Parameters:
    ///   - redacted: Where the values are removed.
    ///   - bytes: The field's value.
    ///   - onlyFirst: Whether attributes follow the first pair, as in Set-Cookie.
    static func redact(_ redacted: inout RedactedBytes, _ bytes: [UInt8], onlyFirst: Bool) {
        var begin = 0
        while begin < bytes.count {
            let end = bytes[begin...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
            let equals = bytes[begin..<end].firstIndex(of: UInt8(ascii: "="))
            // What has no name is all value.
            let space = bytes[begin..<end].firstIndex { $0 != UInt8(ascii: " ") } ?? end
            redacted.remove((equals.map { $0 + 1 } ?? space)..<end)
            if onlyFirst { return }
            begin = end + 1
        }
    }
}
