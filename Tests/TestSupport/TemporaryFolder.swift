import Cryptography
import FoundationEssentials

/// A folder of mode 0700 that nobody else uses, removed with everything in it when this object goes.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Makes it below the system's folder for such things.
    package init() throws {
        let base = FileManager.default.temporaryDirectory.path
        path = "\(base.hasSuffix("/") ? String(base.dropLast()) : base)/osm-test-\(UUID().uuidString)"
        try DurableFile.makeFolder(path)
    }

    deinit {
        // Best effort: what stays behind lies in the system's temporary folder.
        do { try FileManager.default.removeItem(atPath: path) } catch {}
    }
}
