import NIOCore
import TunnelProtocol

/// Counts what visitors try by the address that they come from, so that nobody tries often.
///
/// An attempt is counted as it begins: otherwise one that is turned away because others are under way would be free, and
/// the difference between the answers would tell a right password from a wrong one.
struct AttemptLedger {
    /// The addresses that count as one: an IPv6 address by its /64, which one customer has; nil for all that are unknown.
    struct Source: Hashable, Sendable {
        private let block: AddressBlock?

        init(_ address: IPAddress?) {
            block = address.map { address in
                switch address.family {
                case .v4: AddressBlock(address, length: 32)
                case .v6: AddressBlock(address, length: 64)
                }
            }
        }
    }

    private struct Account {
        var attempts = 0
        var began: NIODeadline
        var lockedUntil: NIODeadline?
        var isReported = false

        func isOver(at now: NIODeadline) -> Bool { now >= lockedUntil ?? (began + AttemptLedger.window) }
    }

    /// What becomes of an attempt.
    enum Admission: Equatable {
        case mayTry
        /// Another attempt is heard after this time.
        case locked(TimeAmount)
    }

    static let window = TimeAmount.minutes(1)
    static let lock = TimeAmount.minutes(1)
    static let attemptsPerWindow = 10
    static let mostSources = 4096

    private var accounts: [Source: Account] = [:]

    /// How many sources are remembered.
    var count: Int { accounts.count }

    /// How long a source is not heard yet; nil when it is.
    func lockRemaining(_ source: Source, at now: NIODeadline) -> TimeAmount? {
        guard let until = accounts[source]?.lockedUntil, until > now else { return nil }
        return until - now
    }

    /// A source tries a password.
    mutating func attempt(_ source: Source, at now: NIODeadline) -> Admission {
        if let remaining = lockRemaining(source, at: now) { return .locked(remaining) }
        var account = accounts[source] ?? Account(began: now)
        if account.isOver(at: now) { account = Account(began: now) }
        guard account.attempts < Self.attemptsPerWindow else {
            account.lockedUntil = now + Self.lock
            accounts[source] = account
            return .locked(Self.lock)
        }
        account.attempts += 1
        if accounts[source] == nil { makeRoom(at: now) }
        accounts[source] = account
        return .mayTry
    }

    /// The attempt had the right password: it is not held against the source.
    mutating func succeeded(_ source: Source) {
        guard let attempts = accounts[source]?.attempts, attempts > 0 else { return }
        accounts[source]?.attempts = attempts - 1
    }

    /// The attempt had a wrong one.
    ///
    /// - Returns: Whether it is the first of this source in a while, and worth a line in the log.
    mutating func failed(_ source: Source) -> Bool {
        guard let isReported = accounts[source]?.isReported else { return true }
        accounts[source]?.isReported = true
        return !isReported
    }

    /// Forgets what is over; where that is not enough, the source that began first.
    private mutating func makeRoom(at now: NIODeadline) {
        guard accounts.count >= Self.mostSources else { return }
        accounts = accounts.filter { !$0.value.isOver(at: now) }
        guard accounts.count >= Self.mostSources, let oldest = accounts.min(by: { $0.value.began < $1.value.began })
        else { return }
        accounts[oldest.key] = nil
    }
}
