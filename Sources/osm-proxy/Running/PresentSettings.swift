import Settings
import Synchronization

/// The configuration that counts at the moment.
///
/// ## Concurrency
/// Behind a lock: reloads replace it, operators look at it.
final class PresentSettings: Sendable {
    private let present: Mutex<SettingsLoader.Table.Resolution>

    init(_ resolution: SettingsLoader.Table.Resolution) { present = Mutex(resolution) }

    var resolution: SettingsLoader.Table.Resolution { present.withLock { $0 } }

    /// For the admin listener; secrets are left out.
    var json: [UInt8] { SettingsReport.json(SettingsReport.rows(resolution)) }

    func replace(_ next: SettingsLoader.Table.Resolution) { present.withLock { $0 = next } }
}
