import NIOCore

/// Counts the enrolments that one address attempts in a minute.
///
/// An IPv6 address counts by its /64. A value without a clock.
struct EnrolmentAttempts {
    enum Verdict: Equatable {
        case welcome
        case later(seconds: Int)
    }

    private struct Window {
        let ends: NIODeadline
        var count: Int
    }

    /// Networks that are counted at once; when there are more, newcomers wait until a window ends.
    static let networks = 4096
    private static let window = TimeAmount.minutes(1)

    private let limit: Int
    private var windows: [VisitorLimiter.Network: Window] = [:]

    init(perMinute limit: Int) { self.limit = limit }

    /// Counts one attempt; those beyond the limit do not prolong the wait.
    mutating func admit(_ network: VisitorLimiter.Network, at now: NIODeadline) -> Verdict {
        if let present = windows[network], now < present.ends {
            guard present.count < limit else { return .later(seconds: Self.seconds(until: present.ends, from: now)) }
            windows[network]?.count += 1
            return .welcome
        }
        if windows.count >= Self.networks { windows = windows.filter { now < $0.value.ends } }
        guard windows.count < Self.networks else {
            let first = windows.values.lazy.map(\.ends).min() ?? now
            return .later(seconds: Self.seconds(until: first, from: now))
        }
        windows[network] = Window(ends: now + Self.window, count: 1)
        return .welcome
    }

    private static func seconds(until end: NIODeadline, from now: NIODeadline) -> Int {
        max(1, Int(((end - now).nanoseconds + 999_999_999) / 1_000_000_000))
    }
}
