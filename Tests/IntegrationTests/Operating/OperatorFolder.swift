import Foundation
import Testing

/// A copy of the tests' operator CA whose certificates may be replaced and whose lists may change.
struct OperatorFolder {
    let path: String
    private let scratch: String

    init(in scratch: String) throws {
        self.scratch = scratch
        path = "\(scratch)/operator-ca"
        try FileManager.default.copyItem(atPath: try TestPrograms.caFolder(), toPath: path)
    }

    /// Issues the edge's next certificate in the place of the last one.
    func renewEdgeCertificate() async throws {
        try await caTools(["issue", "edge", "--name", "localhost", "--renew"])
    }

    /// Revokes the certificate in a file, and signs the lists anew.
    func revoke(_ certificate: String) async throws {
        try await caTools(["revoke", "--certificate", certificate, "--reason", "key-compromise"])
        try await caTools(["crl"])
    }

    private func caTools(_ arguments: [String]) async throws {
        let program = try Program("ca-tools", arguments + ["--ca", path], in: scratch)
        let code = try await program.exitCode()
        try #require(code == 0, "\(program.errors)")
    }
}
