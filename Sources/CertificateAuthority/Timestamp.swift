package import FoundationEssentials

extension Date {
    /// RFC 3339 in UTC with whole seconds, the only form in which this project writes a time.
    package var rfc3339: String { formatted(.iso8601) }

    /// Reads exactly what `rfc3339` writes.
    package init?(rfc3339 text: String) {
        let parsed: Date
        do { parsed = try Date(text, strategy: .iso8601) } catch { return nil }
        guard parsed.rfc3339 == text else { return nil }
        self = parsed
    }
}
