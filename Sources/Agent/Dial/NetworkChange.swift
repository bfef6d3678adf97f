/// What happened to this machine's network, as far as an agent has to act on it.
package enum NetworkChange: Sendable, Equatable {
    /// The machine slept, or the process stood still, for about so long: every connection is in doubt.
    case woke(after: Duration)
    /// The machine has other addresses, or another way out, than before.
    ///
    /// Connections from a removed address are dead; one that waits to be dialled may have better luck now.
    case moved(added: Set<String>, removed: Set<String>)
}

/// What a machine's network looks like at one moment.
package struct NetworkSnapshot: Sendable, Equatable {
    /// The IP addresses that lead anywhere: neither loopback nor link-local.
    package var addresses: Set<String>
    /// The default routes, each as a word of its own; empty where they are not known.
    package var defaultRoutes: Set<String>

    package init(addresses: Set<String>, defaultRoutes: Set<String> = []) {
        self.addresses = addresses
        self.defaultRoutes = defaultRoutes
    }
}

/// Decides from readings of two clocks whether the machine slept; a value without a clock.
struct SleepJudge {
    /// What both clocks showed at one moment.
    struct Reading: Equatable {
        /// Since some moment, sleep included.
        var whole: Duration
        /// Since some moment, without sleep.
        var awake: Duration
    }

    private var last: Reading?

    /// A reading comes each second; one that comes so late means that the process was stopped, or its machine paused.
    private static let longestPause = Duration.seconds(10)
    /// Clocks are read one after the other, so they differ a little.
    private static let shortestSleep = Duration.seconds(2)

    /// Takes a reading; the answer is how long the machine was away, if it was.
    mutating func read(_ reading: Reading) -> Duration? {
        defer { last = reading }
        guard let last else { return nil }
        let passed = reading.whole - last.whole
        let asleep = passed - (reading.awake - last.awake)
        return asleep >= Self.shortestSleep || passed >= Self.longestPause ? passed : nil
    }
}

/// Decides from one snapshot after another whether the network changed.
struct NetworkJudge {
    private var last: NetworkSnapshot?

    mutating func look(_ snapshot: NetworkSnapshot) -> NetworkChange? {
        defer { last = snapshot }
        guard let last, last != snapshot else { return nil }
        return .moved(
            added: snapshot.addresses.subtracting(last.addresses),
            removed: last.addresses.subtracting(snapshot.addresses)
        )
    }
}
