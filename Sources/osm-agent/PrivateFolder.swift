import Agent
import FoundationEssentials

/// A folder that only its owner may enter.
enum PrivateFolder {
    /// Makes the folder if it is missing, and closes it to others.
    static func prepare(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        } catch {
            throw AgentExit(
                code: 1,
                problem: "The folder \(path) cannot be made for this user alone.",
                nextStep: "Name another with --identity or --socket."
            )
        }
    }
}
