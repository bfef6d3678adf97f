import Foundation
import TestSupport
import Testing

/// What `osm-agent doctor --json` says, as far as these tests look at it.
struct DoctorVisit: Decodable {
    struct Finding: Decodable {
        let check: String
        let hop: String
        let subject: String?
        let verdict: String
        let finding: String
    }

    let findings: [Finding]
    let culprit: Finding?

    /// Has the doctor look, with no configuration but the arguments.
    ///
    /// - Parameters:
    ///   - arguments: What follows `doctor --json`.
    ///   - folder: Where its files go.
    ///   - environment: `NAME=VALUE`, beside an empty configuration.
    ///   - wrapper: A command that starts the doctor, such as one that changes the clock.
    /// - Returns: The report, whose exit code was the one that it asks for.
    /// - Throws: When the doctor says no JSON, or exits otherwise.
    static func report(
        _ arguments: [String],
        in folder: String,
        environment: [String] = [],
        wrapper: [String] = []
    ) async throws -> DoctorVisit {
        let settings = ["HOME=\(folder)", "XDG_CONFIG_HOME=\(folder)/config", "XDG_STATE_HOME=\(folder)/state"]
        let command = try wrapper + [TestPrograms.path("osm-agent"), "doctor", "--json"] + arguments
        let doctor = try Program("/usr/bin/env", settings + environment + command, in: folder, called: "doctor")
        let code = try await doctor.exitCode()
        try #require(doctor.output.hasPrefix("{"), "\(code): \(doctor.errors)")
        let visit = try JSONDecoder().decode(DoctorVisit.self, from: Data(doctor.output.utf8))
        #expect(code == (visit.culprit == nil ? 0 : 1), "\(doctor.output)")
        #expect(!doctor.output.contains("PRIVATE KEY"))
        return visit
    }
}
