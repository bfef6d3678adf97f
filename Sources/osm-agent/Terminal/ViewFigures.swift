import FoundationEssentials
import NIOCore

/// Figures as people read them: short, and of a width that hardly changes.
enum ViewFigures {
    /// A number with a space between thousands.
    static func count(_ number: Int) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(" ") }
            text.append(digit)
        }
        return text
    }

    static func bytes(_ number: Int) -> String {
        guard number >= 1000 else { return "\(number) B" }
        var value = Double(number) / 1000
        for unit in ["kB", "MB", "GB"] {
            if value < 999.5 { return "\(short(value)) \(unit)" }
            value /= 1000
        }
        return "\(short(value)) TB"
    }

    static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<999.5: "\(short(value)) ms"
        case ..<99_950: "\(short(value / 1000)) s"
        default: "\(Int((value / 60_000).rounded())) min"
        }
    }

    static func milliseconds(_ amount: TimeAmount) -> String { milliseconds(Double(amount.nanoseconds) / 1_000_000) }

    /// Days and hours, hours, or minutes: what is left of a long time.
    static func left(_ seconds: Double) -> String {
        let hours = Int(seconds) / 3600
        if hours >= 24 { return "\(hours / 24) d \(hours % 24) h" }
        return hours > 0 ? "\(hours) h" : "\(max(0, Int(seconds) / 60)) min"
    }

    /// The time of day, by the clock on the wall.
    static func clock(_ time: Date, secondsFromUTC: Int) -> String {
        let second = Int(time.timeIntervalSince1970.rounded(.down)) + secondsFromUTC
        let ofDay = ((second % 86_400) + 86_400) % 86_400
        return [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    /// With one decimal below ten, and none above.
    private static func short(_ value: Double) -> String {
        value < 9.95 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }
}
