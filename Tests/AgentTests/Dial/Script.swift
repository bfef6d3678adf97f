@testable import Agent
import Synchronization

/// A machine whose addresses change, and which then sleeps for a minute and wakes without a network.
final class Script: Sendable {
    private struct Ended: Error {}

    private let step = Mutex(0)

    func reading() -> SleepJudge.Reading {
        let seconds = step.withLock { $0 }
        return .init(whole: .seconds(seconds < 5 ? seconds : seconds + 59), awake: .seconds(seconds))
    }

    func snapshot() -> NetworkSnapshot? {
        switch step.withLock({ $0 }) {
        case 0...1: NetworkSnapshot(addresses: ["a"])
        case 2...4: NetworkSnapshot(addresses: ["b"])
        default: NetworkSnapshot(addresses: [])
        }
    }

    func pause(_ duration: Duration) throws {
        let seconds = step.withLock { step in
            step += 1
            return step
        }
        if seconds > 8 { throw Ended() }
    }
}
