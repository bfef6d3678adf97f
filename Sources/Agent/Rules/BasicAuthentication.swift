import Crypto
package import Logging
import NIOCore
import NIOPosix
import Synchronization
import TunnelProtocol

/// Lets in who knows a password of one file.
///
/// A right password is remembered under a key of this process, so that each further request costs a hash and not a check. A
/// wrong one is answered a second after it came, and counts against the visitor's address.
///
/// ## Concurrency
/// Shared by the event loops of every tunnel. What they share is guarded by one lock, which neither a check nor a look at
/// the file runs under.
package final class BasicAuthentication: Sendable {
    /// Where the file is.
    package let path: String

    let file: PasswordFile
    let checks: PasswordChecks
    let logger: Logger
    let matches: @Sendable (PasswordHash, [UInt8]) throws -> Bool
    let state: Mutex<State>
    private let key = SymmetricKey(size: .bits256)

    /// What one check found.
    enum Finding: Sendable { case right, wrong, unchecked }

    /// Proof of having seen the same user and password, without keeping them.
    typealias Tag = HashedAuthenticationCode<SHA256>

    struct State {
        var list: PasswordList
        var stamp: PasswordFile.Stamp
        /// What is wrong with the file at present, so that it is complained of once.
        var broken: Broken?
        /// Grows with every list: what was found out by an older one is not remembered.
        var generation = 0
        var lookedAt: NIODeadline
        /// Whoever waits for the present look at the file.
        var looking: [EventLoopPromise<Void>]?
        /// One tag a user: there is one password that is right.
        var accepted: [String: Tag] = [:]
        /// Whoever waits for a check, by what is checked: the same password is not checked twice at once.
        var checking: [Tag: [EventLoopPromise<Finding>]] = [:]
        var ledger = AttemptLedger()
    }

    /// Reads the file, which must be in order to begin with.
    package convenience init(path: String, logger: Logger = Logger(label: "osm-agent")) throws(VisitorRulesError) {
        try self.init(path: path, checks: .shared, logger: logger, now: .now()) { try $0.matches($1) }
    }

    /// - Parameters:
    ///   - path: The file.
    ///   - checks: Where its passwords are checked.
    ///   - logger: Told of guessing, and of a file that cannot be used any more.
    ///   - now: The present time by the clock of the event loops.
    ///   - matches: The check itself.
    /// - Throws: An error that says what is wrong with the file.
    init(
        path: String,
        checks: PasswordChecks,
        logger: Logger,
        now: NIODeadline,
        matches: @escaping @Sendable (PasswordHash, [UInt8]) throws -> Bool
    ) throws(VisitorRulesError) {
        self.path = path
        self.checks = checks
        self.logger = logger
        self.matches = matches
        file = PasswordFile(path: path)
        let (stamp, list) = try file.read()
        state = Mutex(State(list: list, stamp: stamp, lookedAt: now))
    }

    /// Recognises the same credentials, and says nothing about them to whoever lacks the key.
    func tag(_ credentials: BasicCredentials) -> Tag {
        // No name has a NUL in it.
        HMAC.authenticationCode(for: Array(credentials.user.utf8) + [0] + credentials.password, using: key)
    }
}

extension BasicAuthentication: Equatable {
    /// Two of one file let the same people in.
    package static func == (one: BasicAuthentication, other: BasicAuthentication) -> Bool { one.path == other.path }
}
