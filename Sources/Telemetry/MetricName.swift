/// What Prometheus accepts as the name of a metric or of a label.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, at most 128 bytes.
    static func isMetric(_ name: String) -> Bool {
        isName(name) { isLetter($0) || $0 == UInt8(ascii: ":") }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*` without the two leading underscores that Prometheus keeps for itself, nor `le`.
    static func isLabel(_ name: String) -> Bool {
        isName(name, first: isLetter) && !name.hasPrefix("__") && name != "le"
    }

    private static func isName(_ name: String, first: (UInt8) -> Bool) -> Bool {
        guard name.utf8.count <= 128, let head = name.utf8.first, first(head) else { return false }
        return name.utf8.allSatisfy { first($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
