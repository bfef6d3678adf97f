package import FoundationEssentials
package import NIOCore

/// The two clocks of a log: what people read, and what durations are measured with.
package struct ExchangeClock: Sendable {
    package let wall: @Sendable () -> Date
    package let uptime: @Sendable () -> NIODeadline

    package init(wall: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> NIODeadline) {
        self.wall = wall
        self.uptime = uptime
    }

    package static let system = Self(wall: { Date() }, uptime: { .now() })

    /// In ISO 8601, UTC, with milliseconds.
    static func timestamp(of time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension TimeAmount {
    /// Milliseconds, exact to a hundredth.
    var milliseconds: Double { (Double(nanoseconds) / 10_000).rounded() / 100 }
}
