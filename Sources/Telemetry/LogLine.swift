import FoundationEssentials
import Logging

/// What one log line may hold; more than that is cut, and the line says so.
package struct LogLimits: Sendable, Equatable {
    /// Bytes of one value, a key or the message before escaping.
    package var valueBytes = 2048
    /// Fields besides time, level, message and component.
    package var fields = 48
    /// Nested dictionaries and lists; what lies deeper is shown as `…`.
    package var depth = 4
    /// Bytes after which no further field is started.
    package var lineBytes = 16 * 1024

    /// The limits every process uses.
    package static let standard = LogLimits()
}

/// One event laid out as one line, the newline included.
struct LogLine {
    let style: LineStyle
    let limits: LogLimits

    private var text = ""
    private var fieldCount = 0
    private var isCut = false

    private static let reserved: Set<String> = ["time", "level", "msg", "component", "cut"]

    init(style: LineStyle, limits: LogLimits) {
        self.style = style
        self.limits = limits
    }

    /// Lays out one event.
    static func format(
        _ event: LogEvent,
        metadata: Logger.Metadata,
        component: String,
        time: Date,
        style: LineStyle,
        limits: LogLimits
    ) -> String {
        var line = LogLine(style: style, limits: limits)
        line.begin(event, component: component, time: time)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line.append(key, value) }
        return line.finish()
    }

    private mutating func begin(_ event: LogEvent, component: String, time: Date) {
        let time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let message = event.message.description
        switch style {
        case .text:
            let level = event.level.rawValue
            text = "\(time) \(level)\(String(repeating: " ", count: max(0, 8 - level.count))) "
            LogEscaping.appendMessage(component, limit: limits.valueBytes, to: &text)
            text += "  "
            LogEscaping.appendMessage(message, limit: limits.valueBytes, to: &text)
        case .json:
            text = "{\"time\":\"\(time)\",\"level\":\"\(event.level.rawValue)\",\"msg\":"
            appendString(message)
            text += ",\"component\":"
            appendString(component)
        }
        if let error = event.error { append("err", .string(String(describing: error))) }
    }

    private mutating func append(_ key: String, _ value: Logger.Metadata.Value) {
        guard fieldCount < limits.fields, text.utf8.count < limits.lineBytes else {
            isCut = true
            return
        }
        fieldCount += 1
        // A field never takes the place of one that the line itself owns.
        let key = Self.reserved.contains(key) ? key + "_" : key
        switch style {
        case .text:
            text += " "
            LogEscaping.appendWord(key, limit: limits.valueBytes, to: &text)
            text += "="
            appendWord(value)
        case .json:
            text += ","
            appendString(key)
            text += ":"
            appendValue(value, depth: 0)
        }
    }

    private mutating func finish() -> String {
        switch style {
        case .text: text += isCut ? " cut=true\n" : "\n"
        case .json: text += isCut ? ",\"cut\":true}\n" : "}\n"
        }
        return text
    }

    private mutating func appendWord(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let string):
            LogEscaping.appendWord(string, limit: limits.valueBytes, to: &text)
        case .stringConvertible(let convertible):
            LogEscaping.appendWord(convertible.description, limit: limits.valueBytes, to: &text)
        case .array, .dictionary:
            appendValue(value, depth: 0)
        }
    }

    private mutating func appendValue(_ value: Logger.Metadata.Value, depth: Int) {
        guard depth < limits.depth, text.utf8.count < limits.lineBytes else {
            isCut = true
            return appendString("…")
        }
        switch value {
        case .string(let string):
            appendString(string)
        case .stringConvertible(let convertible):
            appendScalar(convertible)
        case .array(let values):
            text += "["
            appendList(values) { line, value in line.appendValue(value, depth: depth + 1) }
            text += "]"
        case .dictionary(let fields):
            text += "{"
            appendList(fields.sorted { $0.key < $1.key }) { line, field in
                line.appendString(field.key)
                line.text += ":"
                line.appendValue(field.value, depth: depth + 1)
            }
            text += "}"
        }
    }

    private mutating func appendList<Element>(_ elements: [Element], each: (inout LogLine, Element) -> Void) {
        for (index, element) in elements.prefix(limits.fields).enumerated() {
            if index > 0 { text += "," }
            each(&self, element)
        }
        isCut = isCut || elements.count > limits.fields
    }

    /// Whole numbers and truth values stay what they are; everything else becomes a string.
    private mutating func appendScalar(_ value: any CustomStringConvertible & Sendable) {
        switch value {
        case let value as any FixedWidthInteger: text += value.description
        case let value as Bool: text += value ? "true" : "false"
        case let value as Double where value.isFinite: text += value.description
        default: appendString(value.description)
        }
    }

    private mutating func appendString(_ string: String) {
        text += "\""
        LogEscaping.appendJSON(string, limit: limits.valueBytes, to: &text)
        text += "\""
    }
}
