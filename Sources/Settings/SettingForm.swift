/// How a value of one kind is written: in a file, in the environment and behind a flag alike.
package struct SettingForm<Value: Sendable>: Sendable {
    /// What stands for a value in help, such as `host:port`.
    package let placeholder: String
    package let parse: @Sendable (String) throws -> Value
    /// The inverse of `parse`.
    package let print: @Sendable (Value) -> String

    package init(
        _ placeholder: String,
        parse: @escaping @Sendable (String) throws -> Value,
        print: @escaping @Sendable (Value) -> String
    ) {
        self.placeholder = placeholder
        self.parse = parse
        self.print = print
    }

    /// A form that reads with a failable initialiser.
    ///
    /// - Parameters:
    ///   - placeholder: What stands for a value in help.
    ///   - expectation: What the text should have been, as in "is not ...".
    ///   - read: nil for what is no such value.
    ///   - print: The inverse of `read`.
    package init(
        _ placeholder: String,
        expectation: String,
        read: @escaping @Sendable (String) -> Value?,
        print: @escaping @Sendable (Value) -> String
    ) {
        self.init(placeholder) { text in
            guard let value = read(text) else { throw SettingRefusal("'\(text)' is not \(expectation)") }
            return value
        } print: {
            print($0)
        }
    }

    /// The same with one word for no value.
    package func orElse(_ word: String) -> SettingForm<Value?> {
        SettingForm<Value?>("\(placeholder)|\(word)") { [parse] text in
            text == word ? nil : try parse(text)
        } print: { [print] value in
            value.map(print) ?? word
        }
    }
}

/// Why a text is not a value of its setting.
package struct SettingRefusal: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension SettingForm where Value == String {
    /// Any text that is not empty and has no control characters, which no path or name has on purpose.
    package static func text(_ placeholder: String) -> SettingForm {
        SettingForm(placeholder) { text in
            guard !text.isEmpty else { throw SettingRefusal("it is empty") }
            guard !text.unicodeScalars.contains(where: \.isControl) else {
                throw SettingRefusal("it has a control character in it")
            }
            return text
        } print: {
            $0
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is one of the C0 or C1 controls, or DEL; NUL would end a path early.
    package var isControl: Bool { properties.generalCategory == .control }
}

extension SettingForm where Value: RawRepresentable<String> {
    /// One of the words that stand for the values.
    ///
    /// - Parameters:
    ///   - placeholder: What stands for a value in help.
    ///   - expectation: What the text should have been, as in "is not ...".
    /// - Returns: A form that reads and prints the raw value.
    package static func choice(_ placeholder: String, expectation: String) -> SettingForm {
        SettingForm(placeholder, expectation: expectation) {
            Value(rawValue: $0)
        } print: {
            $0.rawValue
        }
    }
}

extension SettingForm where Value == Bool {
    package static var truth: SettingForm {
        SettingForm("true|false", expectation: "true or false") {
            ["true": true, "false": false][$0]
        } print: {
            "\($0)"
        }
    }
}

extension SettingForm where Value == Int {
    /// A whole number within bounds.
    package static func count(_ range: ClosedRange<Int>) -> SettingForm {
        SettingForm("number", expectation: "a number from \(range.lowerBound) to \(range.upperBound)") { text in
            Quantity.digits(text[...]).flatMap { range.contains($0) ? $0 : nil }
        } print: {
            "\($0)"
        }
    }

    /// A number of bytes within bounds: `65536`, `64KiB`, `16MiB` or `1GiB`.
    package static func bytes(_ range: ClosedRange<Int>) -> SettingForm {
        let bounds = "\(Quantity.bytes(range.lowerBound)) to \(Quantity.bytes(range.upperBound))"
        return SettingForm("bytes", expectation: "a size from \(bounds), such as 64KiB") { text in
            Quantity.bytes(text).flatMap { range.contains($0) ? $0 : nil }
        } print: {
            Quantity.bytes($0)
        }
    }
}

/// Numbers with units, as operators write them.
package enum Quantity {
    private static let sizes = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]
    private static let times = [("h", 3_600_000), ("m", 60_000), ("ms", 1), ("s", 1000)]

    static func bytes(_ text: String) -> Int? { value(text, sizes) }

    static func bytes(_ count: Int) -> String {
        guard let (unit, size) = sizes.first(where: { count >= $0.1 && count.isMultiple(of: $0.1) }) else { return "0" }
        return "\(count / size)\(unit)"
    }

    /// Reads `500ms`, `30s`, `5m` or `2h`; a number without a unit is none.
    package static func milliseconds(_ text: String) -> Int? { value(text, times) }

    /// The shortest way to write a time.
    package static func time(milliseconds: Int) -> String {
        let units = [("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        guard let (unit, size) = units.first(where: { milliseconds >= $0.1 && milliseconds.isMultiple(of: $0.1) })
        else {
            return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
        }
        return "\(milliseconds / size)\(unit)"
    }

    /// Digits alone, where `Int.init` would also take a sign.
    static func digits(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func value(_ text: String, _ units: [(String, Int)]) -> Int? {
        for (unit, size) in units where text.hasSuffix(unit) {
            guard let number = digits(text.dropLast(unit.count)) else { continue }
            let (product, overflows) = number.multipliedReportingOverflow(by: size)
            return overflows ? nil : product
        }
        return nil
    }
}
