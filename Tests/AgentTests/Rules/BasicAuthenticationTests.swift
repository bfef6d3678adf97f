import HTTPFields
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing
import TunnelProtocol

@testable import Agent

@Suite(.timeLimit(.minutes(1)))
struct BasicAuthenticationTests {
    private let loop = NIOAsyncTestingEventLoop()
    private let hand = ChecksByHand()
    private let log = WrittenLog(from: .trace)
    private let file: PasswordFixture
    private let gate: BasicAuthentication

    init() throws {
        file = try PasswordFixture(PasswordFixture.line("ann") + PasswordFixture.line("bob"))
        gate = try BasicAuthentication(
            path: file.path,
            checks: hand.checks,
            logger: log.logger,
            now: loop.now,
            matches: hand.matches
        )
    }

    /// What a verdict comes to, and when that is known.
    private final class Outcome: Sendable {
        let status = Mutex<String?>(nil)
        var known: String? { status.withLock { $0 } }
    }

    /// Asks for a verdict: `allowed`, or the status of the refusal.
    private func ask(_ request: FieldSection, from address: String? = "192.0.2.1") -> Outcome {
        let outcome = Outcome()
        @Sendable func settle(_ decision: VisitorGate.Decision) {
            switch decision {
            case .allowed: outcome.status.withLock { $0 = "allowed" }
            case .denied(let answer): outcome.status.withLock { $0 = answer.status }
            }
        }
        switch gate.verdict(on: request, from: address.flatMap { IPAddress($0) }, loop) {
        case .allowed: settle(.allowed)
        case .denied(let answer): settle(.denied(answer))
        case .later(let decision):
            decision.whenSuccess { settle($0) }
        }
        return outcome
    }

    /// Asks, has the check done and waits out the delay of a refusal.
    private func outcome(
        _ user: String,
        _ password: String,
        from address: String? = "192.0.2.1"
    ) async throws -> String? {
        try await gate.lookIfDue(on: loop)?.get()
        let outcome = ask(.authorized(user, password), from: address)
        hand.run()
        await loop.advanceTime(by: .zero)
        if outcome.known == nil {
            await loop.advanceTime(by: BasicAuthentication.delayOfRefusal)
        }
        return outcome.known
    }

    @Test func `asks for a password and checks nothing when there is none`() {
        #expect(ask(.authorized([])).known == "401")
        #expect(ask(.authorized(["Bearer x"])).known == "401")
        #expect(hand.count == 0)
        #expect(AgentAnswer.passwordNeeded.field?.value == "Basic realm=\"private\", charset=\"UTF-8\"")
    }

    @Test func `checks a right password once and knows it from then on`() async throws {
        #expect(try await outcome("ann", "right") == "allowed")
        for _ in 0..<1000 { #expect(ask(.authorized("ann", "right"), from: "198.51.100.7").known == "allowed") }
        #expect(hand.count == 1)
    }

    @Test func `does as much for a user who is not there as for one who is`() async throws {
        #expect(try await outcome("ann", "wrong") == "401")
        #expect(hand.count == 1)
        #expect(try await outcome("eve", "wrong") == "401")
        #expect(hand.count == 2)
        #expect(try await outcome("eve", "right", from: "198.51.100.7") == "401")
        #expect(hand.count == 3)
    }

    @Test func `says that a password is wrong a second after it came, whenever that was found out`() async throws {
        let outcome = ask(.authorized("ann", "wrong"))
        await loop.advanceTime(by: .milliseconds(600))
        hand.run()
        await loop.advanceTime(by: .milliseconds(399))
        #expect(outcome.known == nil)
        await loop.advanceTime(by: .milliseconds(1))
        #expect(outcome.known == "401")
    }

    @Test func `hears nobody from an address that has tried ten, not even with the right one`() async throws {
        #expect(try await outcome("ann", "right", from: "198.51.100.7") == "allowed")
        let guesses = (0..<10).map { ask(.authorized("ann", "guess \($0)")) }
        #expect(ask(.authorized("ann", "guess 10")).known == "429")
        hand.run()
        #expect(hand.count == 11)
        #expect(ask(.authorized("ann", "right")).known == "429")
        #expect(ask(.authorized("ann", "right"), from: "198.51.100.7").known == "allowed")
        await loop.advanceTime(by: .seconds(1))
        #expect(guesses.map(\.known) == [String?](repeating: "401", count: 10))
    }

    @Test func `checks what many ask at once a single time`() async throws {
        let asked = (0..<100).map { _ in ask(.authorized("ann", "right")) }
        hand.run()
        await loop.advanceTime(by: .zero)
        #expect(asked.allSatisfy { $0.known == "allowed" })
        #expect(hand.count == 1)
    }

    @Test func `turns away without a check when too many wait, and counts that as an attempt`() async throws {
        let waiting = (0...PasswordChecks.mostWaiting).map { number in
            ask(.authorized("ann", "guess \(number)"), from: "10.0.0.\(number)")
        }
        #expect(waiting.allSatisfy { $0.known == nil })
        let turned = (0..<10).map { ask(.authorized("ann", "more \($0)")) }
        await loop.advanceTime(by: .zero)
        #expect(turned.allSatisfy { $0.known == "503" })
        #expect(ask(.authorized("ann", "more")).known == "429")
        hand.run()
        #expect(hand.count == 1 + PasswordChecks.mostWaiting)
        await loop.advanceTime(by: .seconds(1))
        #expect(waiting.allSatisfy { $0.known == "401" })
    }

    @Test func `logs a guess once an address, with the name made safe and without the password`() async throws {
        for number in 0..<3 { _ = try await outcome("eve\u{202E}", "hunter \(number)") }
        #expect(log.lines == ["notice: a visitor gave a wrong password user=eve\\u{202e} visitor=192.0.2.1"])
    }
}

extension BasicAuthenticationTests {
    @Test func `forgets whom it let in when the file has changed`() async throws {
        #expect(try await outcome("ann", "right") == "allowed")
        try file.write(PasswordFixture.line("bob"))
        #expect(ask(.authorized("ann", "right")).known == "allowed", "the last look was just now")
        #expect(try await afterLook("ann", "right") == "401")
        #expect(try await afterLook("bob", "right") == "allowed")
        #expect(log.lines.first?.hasPrefix("notice: the password file has been read anew") == true)
    }

    @Test func `lets nobody in by a check that an older file was asked for`() async throws {
        let early = ask(.authorized("ann", "right"))
        try file.write(PasswordFixture.line("bob"))
        try await look()
        hand.run()
        await loop.advanceTime(by: .zero)
        #expect(early.known == "503")
    }

    @Test(arguments: ["", "ann:{PLAIN}secret\n"])
    func `keeps what it had when the new file is broken, and complains once`(text: String) async throws {
        try file.write(text)
        #expect(try await afterLook("ann", "right") == "allowed")
        #expect(try await afterLook("ann", "right") == "allowed")
        let complaints = log.lines.filter { $0.contains("cannot be used") }
        #expect(complaints.count == 1)
        #expect(!complaints.contains { $0.contains("secret") })
        try file.write(PasswordFixture.line("bob") + "\n")
        #expect(try await afterLook("ann", "right") == "401")
    }

    @Test func `reads no file that others may read`() throws {
        for mode in [0o640, 0o604, 0o602, 0o620] {
            let file = try PasswordFixture(PasswordFixture.line("ann"), mode: mode)
            let error = #expect(throws: VisitorRulesError.self) { try PasswordFile(path: file.path).read() }
            #expect(error?.description.contains("chmod 600") == true)
        }
        #expect(throws: VisitorRulesError.self) { try PasswordFile(path: file.folder.path).read() }
        #expect(throws: VisitorRulesError.self) { try PasswordFile(path: "\(file.path).not").read() }
        #expect(throws: VisitorRulesError.self) { try PasswordFile(path: "/dev/zero").read() }
    }

    /// Lets so much time pass that the file is looked at, and waits for that.
    private func look() async throws {
        await loop.advanceTime(by: BasicAuthentication.lookEvery)
        try await gate.lookIfDue(on: loop)?.get()
    }

    private func afterLook(_ user: String, _ password: String) async throws -> String? {
        try await look()
        return try await outcome(user, password)
    }
}
