import Edge
import Settings
import Synchronization

/// The configuration that counts at the moment.
///
/// ## Concurrency
/// Behind a lock: reloads replace it, operators look at it.
final class PresentSettings: Sendable {
    struct Present: Sendable {
        let resolution: SettingsLoader.Table.Resolution
        /// What the engine was last given; it leaves alone by itself what waits for a restart.
        let configuration: EdgeConfiguration
    }

    private let present: Mutex<Present>

    init(_ present: Present) { self.present = Mutex(present) }

    var value: Present { present.withLock { $0 } }

    /// For the admin listener; secrets are left out.
    var json: [UInt8] { SettingsReport.json(SettingsReport.rows(value.resolution)) }

    func replace(_ next: Present) { present.withLock { $0 = next } }
}
