import Foundation
import SwiftASN1
import Testing

/// The `openssl` command line as a second opinion on chains.
enum OpenSSL {
    /// How one verification is asked for.
    struct Question {
        var roots: [[UInt8]]
        /// Leaf first.
        var chain: [[UInt8]]
        /// `sslserver` or `sslclient`.
        var purpose: String
        var hostname: String?
        var date: Date
        /// PEM.
        var revocations: String?
    }

    /// Whether `openssl verify -x509_strict` accepts a chain, and what it says.
    static func verify(_ question: Question) throws -> (accepts: Bool, output: String) {
        try withTemporaryFolder { folder in
            let leaf = try write(Array(question.chain.prefix(1)), "leaf.pem", folder)
            let others = try write(Array(question.chain.dropFirst()), "others.pem", folder)
            let roots = try write(question.roots, "roots.pem", folder)
            var arguments = [
                "verify", "-x509_strict", "-auth_level", "2", "-no-CApath", "-no-CAstore", "-CAfile", roots,
                "-untrusted", others, "-purpose", question.purpose, "-attime",
                String(Int(question.date.timeIntervalSince1970)),
            ]
            if let hostname = question.hostname { arguments += ["-verify_hostname", hostname] }
            if let revocations = question.revocations {
                let file = folder.appending(path: "list.pem")
                try Data(revocations.utf8).write(to: file)
                arguments += ["-crl_check", "-CRLfile", file.path]
            }
            return try run(arguments + [leaf])
        }
    }

    /// Runs one command to its end; its output is small.
    static func run(_ arguments: [String]) throws -> (accepts: Bool, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: bytes, as: UTF8.self))
    }

    static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        return try body(folder)
    }

    private static func write(_ certificates: [[UInt8]], _ name: String, _ folder: URL) throws -> String {
        let file = folder.appending(path: name)
        try Data(certificates.map(pem).joined().utf8).write(to: file)
        return file.path
    }

    static func pem(_ der: [UInt8]) -> String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n" }
}
