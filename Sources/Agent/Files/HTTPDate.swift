import FoundationEssentials

/// A moment of the calendar in whole seconds, as fields of HTTP say it (RFC 9110, 5.6.7).
struct HTTPDate: Comparable, Sendable, CustomStringConvertible {
    /// Since the beginning of 1970, without leap seconds.
    let seconds: Int

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// The years that four digits can say.
    private static let range = -62_135_596_800...253_402_300_799

    /// - Parameter seconds: A moment before the year 1 or after 9999 becomes the nearest one within.
    init(seconds: Int) { self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound) }

    static func < (one: HTTPDate, other: HTTPDate) -> Bool { one.seconds < other.seconds }

    /// The one form that may be written, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var description: String {
        let time = seconds - days * 86_400
        let date = Self.date(ofDay: days)
        let weekday = Self.weekdays[((days % 7) + 7) % 7]
        let clock = [time / 3600, time / 60 % 60, time % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        let month = Self.months[date.month - 1]
        return "\(weekday), \(Self.padded(date.day, 2)) \(month) \(Self.padded(date.year, 4)) \(clock) GMT"
    }

    private var days: Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // MARK: The calendar

    /// Years are counted from March, so that the day of a leap year is the last of its year; an era is 400 of them.
    private static func date(ofDay days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension HTTPDate {
    /// Reads any of the three forms that there have been.
    init?(_ field: some Collection<UInt8>) {
        guard field.count <= 40, field.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        let words = String(decoding: field, as: UTF8.self).split(separator: " ")
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where words[5] == "GMT" && words[0].hasSuffix(",") && words[3].utf8.count == 4:
            self.init(year: Self.number(words[3]), month: words[2], day: words[1], clock: words[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where words[3] == "GMT" && words[0].hasSuffix(","):
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].utf8.count == 2, let year = Self.number(parts[2]) else { return nil }
            // No file is older than the clock of the systems that keep it.
            self.init(year: year + (year < 70 ? 2000 : 1900), month: parts[1], day: parts[0], clock: words[2])
        // Sun Nov  6 08:49:37 1994
        case 5 where words[4].utf8.count == 4:
            self.init(year: Self.number(words[4]), month: words[1], day: words[2], clock: words[3])
        default: return nil
        }
    }

    private init?(year: Int?, month: Substring, day: Substring, clock: Substring) {
        let clock = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard let year, year > 0, let month = Self.months.firstIndex(of: String(month)),
            let day = Self.number(day), (1...31).contains(day),
            clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Self.number(clock[0]), hour < 24,
            let minute = Self.number(clock[1]), minute < 60,
            // A leap second may be said.
            let second = Self.number(clock[2]), second <= 60
        else { return nil }
        let number = Self.day(year: year, month: month + 1, day: day)
        guard Self.date(ofDay: number) == (year, month + 1, day) else { return nil }
        self.init(seconds: number * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
    }
}

extension HTTPDate {
    static var now: HTTPDate { HTTPDate(seconds: Int(Date.now.timeIntervalSince1970)) }
}
