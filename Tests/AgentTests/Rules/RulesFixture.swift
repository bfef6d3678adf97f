import FoundationEssentials
import HTTPFields
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import TunnelProtocol

@testable import Agent

/// A password file in a folder of its own.
struct PasswordFixture {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/passwords" }

    static let salt = "U29kaXVtQ2hsb3JpZGU"
    /// A line for a user; what its hash is of does not matter where the check is the test's own.
    static func line(_ user: String, key: Character = "A") -> String {
        "\(user):$scrypt$ln=14,r=8,p=1$\(salt)$\(String(repeating: key, count: 42))A\n"
    }

    init(_ text: String, mode: Int = 0o600) throws {
        folder = try TemporaryFolder()
        try write(text, mode: mode)
    }

    func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}

/// Checks of passwords that are counted, and done when the test says so.
final class ChecksByHand: Sendable {
    private let waiting = Mutex<[PasswordChecks.Work]>([])
    private let done = Mutex(0)
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

    /// How many passwords have been held against a hash.
    var count: Int { done.withLock { $0 } }

    var checks: PasswordChecks {
        PasswordChecks { work in
            self.waiting.withLock { $0.append(work) }
            self.arrival.yield()
        }
    }

    /// `right` is the right password.
    var matches: @Sendable (PasswordHash, [UInt8]) throws -> Bool {
        { _, password in
            self.done.withLock { $0 += 1 }
            return password == Array("right".utf8)
        }
    }

    /// Waits until something waits to be done.
    func isAsked() async {
        for await _ in arrivals { return }
    }

    /// Does all that waits, and what follows it.
    func run() {
        while let work = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { work() }
    }
}

extension FieldSection {
    /// A request with these values of Authorization.
    static func authorized(_ values: [String]) -> FieldSection {
        var section = FieldSection()
        section.append(":method", "GET")
        for value in values { section.append("authorization", value) }
        return section
    }

    /// A request with that user and password.
    static func authorized(_ user: String, _ password: String) -> FieldSection {
        authorized([.basic(user, password)])
    }
}

extension String {
    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
}
