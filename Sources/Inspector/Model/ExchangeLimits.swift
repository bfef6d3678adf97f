/// How much of what passes is kept.
package struct ExchangeLimits: Sendable, Equatable {
    /// Exchanges; the oldest makes room for a new one.
    package var exchanges = 500
    /// All of them together, in bytes; the oldest make room.
    package var totalBytes = 64 << 20
    /// The beginning of each body.
    package var bodyBytes = 256 << 10
    /// Messages of one exchange; later ones are counted only.
    package var messages = 1000
    /// The payloads of these messages together.
    package var messageBytes = 1 << 20
    /// The payload of one of them.
    package var bytesPerMessage = 64 << 10
    /// The target in a summary.
    package var pathBytes = 2048
    /// Interim responses of one exchange.
    package var interimHeads = 8

    package init() {}
}
