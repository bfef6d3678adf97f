import FoundationEssentials
import Logging
import Settings

/// Keeps ``EnabledEndpoints`` in a file of the state folder; trouble with it is logged and stops nothing.
///
/// ## Concurrency
/// An actor: one change after another is made and written. The file is small, and nobody waits for it but who asked.
actor EnabledEndpointsFile {
    static let name = "endpoints.json"
    /// The largest file that is read, in bytes.
    private static let limit = 4 * 1024 * 1024

    nonisolated let path: String
    private let logger: Logger
    private(set) var present: EnabledEndpoints

    /// Reads what is there; a file that makes no sense is set aside, so that somebody can look at it.
    init(folder: String, logger: Logger) {
        path = "\(folder)/\(Self.name)"
        self.logger = logger
        present = Self.read(path, logger)
    }

    /// Changes what is remembered, and writes it when it is something else now.
    ///
    /// - Returns: What `change` returns.
    @discardableResult
    func update<Result: Sendable>(_ change: @Sendable (inout EnabledEndpoints) -> Result) -> Result {
        var next = present
        let result = change(&next)
        guard next != present else { return result }
        present = next
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            try PrivateFile.replace(path, Array(try encoder.encode(next)))
        } catch {
            logger.warning(
                "what is enabled cannot be remembered",
                metadata: ["file": "\(path)", "error": "\(error)"]
            )
        }
        return result
    }

    private static func read(_ path: String, _ logger: Logger) -> EnabledEndpoints {
        guard !SmallFile.isAbsent(path) else { return EnabledEndpoints() }
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.bytes(of: path, limit: limit)
        } catch {
            logger.warning("what was enabled cannot be read", metadata: ["file": "\(path)", "error": "\(error)"])
            return EnabledEndpoints()
        }
        do {
            return try JSONDecoder().decode(EnabledEndpoints.self, from: Data(bytes))
        } catch {
            setAside(path, logger)
            return EnabledEndpoints()
        }
    }

    private static func setAside(_ path: String, _ logger: Logger) {
        let broken = "\(path).broken"
        do {
            if !SmallFile.isAbsent(broken) { try FileManager.default.removeItem(atPath: broken) }
            try FileManager.default.moveItem(atPath: path, toPath: broken)
            logger.warning("what was enabled makes no sense and is set aside", metadata: ["file": "\(broken)"])
        } catch {
            logger.warning("what was enabled makes no sense", metadata: ["file": "\(path)", "error": "\(error)"])
        }
    }
}
