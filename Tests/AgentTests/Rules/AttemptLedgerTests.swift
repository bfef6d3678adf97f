import NIOCore
import Testing
import TunnelProtocol

@testable import Agent

struct AttemptLedgerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private func source(_ address: String) -> AttemptLedger.Source { .init(IPAddress(address)) }

    /// As many attempts as are free.
    private func exhausted(_ source: AttemptLedger.Source) -> AttemptLedger {
        var ledger = AttemptLedger()
        for _ in 0..<AttemptLedger.attemptsPerWindow { _ = ledger.attempt(source, at: start) }
        return ledger
    }

    @Test func `locks a source out that goes on after ten attempts in a minute`() {
        let visitor = source("192.0.2.1")
        var ledger = AttemptLedger()
        for _ in 0..<10 { #expect(ledger.attempt(visitor, at: start) == .mayTry) }
        #expect(ledger.lockRemaining(visitor, at: start) == nil)
        #expect(ledger.attempt(visitor, at: start + .seconds(5)) == .locked(.minutes(1)))
        #expect(ledger.attempt(visitor, at: start + .seconds(35)) == .locked(.seconds(30)))
        #expect(ledger.lockRemaining(visitor, at: start + .seconds(64)) == .seconds(1))
        #expect(ledger.lockRemaining(visitor, at: start + .seconds(65)) == nil)
        #expect(ledger.attempt(visitor, at: start + .seconds(65)) == .mayTry)
    }

    @Test func `begins anew after a minute`() {
        let visitor = source("192.0.2.1")
        var ledger = exhausted(visitor)
        #expect(ledger.attempt(visitor, at: start + .minutes(1)) == .mayTry)
    }

    @Test func `does not hold another's attempts against a visitor`() {
        var ledger = exhausted(source("192.0.2.1"))
        #expect(ledger.attempt(source("192.0.2.2"), at: start) == .mayTry)
    }

    @Test func `takes one customer's IPv6 addresses for one, and a mapped address for IPv4`() {
        #expect(source("2001:db8::1") == source("2001:db8::ffff:1"))
        #expect(source("2001:db8::1") != source("2001:db8:0:1::1"))
        #expect(source("::ffff:192.0.2.1") == source("192.0.2.1"))
    }

    @Test func `counts all whose address is not known as one`() {
        var ledger = exhausted(AttemptLedger.Source(nil))
        #expect(ledger.attempt(AttemptLedger.Source(nil), at: start) == .locked(.minutes(1)))
    }

    @Test func `gives an attempt back that had the right password, and no more than that`() {
        let visitor = source("192.0.2.1")
        var ledger = exhausted(visitor)
        ledger.succeeded(visitor)
        #expect(ledger.attempt(visitor, at: start) == .mayTry)
        #expect(ledger.attempt(visitor, at: start) == .locked(.minutes(1)))
    }

    @Test func `reports one failure of a source in a while`() {
        let visitor = source("192.0.2.1")
        var ledger = exhausted(visitor)
        let inOneWindow = [ledger.failed(visitor), ledger.failed(visitor)]
        #expect(inOneWindow == [true, false])
        #expect(ledger.attempt(visitor, at: start + .minutes(2)) == .mayTry)
        let later = ledger.failed(visitor)
        #expect(later)
    }

    @Test func `remembers so many sources and forgets the oldest first`() {
        var ledger = exhausted(source("192.0.2.1"))
        for number in 0..<AttemptLedger.mostSources {
            _ = ledger.attempt(source("10.0.\(number / 256).\(number % 256)"), at: start + .seconds(1))
        }
        #expect(ledger.count == AttemptLedger.mostSources)
        #expect(ledger.attempt(source("192.0.2.1"), at: start + .seconds(1)) == .mayTry)
        #expect(ledger.count == AttemptLedger.mostSources)
        _ = ledger.attempt(source("192.0.2.2"), at: start + .minutes(5))
        #expect(ledger.count == 1)
    }
}
