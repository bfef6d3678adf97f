import Cryptography
import FoundationEssentials
import Synchronization

/// The issuance log as it was read: the entries up to the first damage, and every damage found.
package struct IssuanceLog: Sendable {
    /// Something that makes the log untrustworthy.
    package struct Damage: Equatable, Sendable {
        /// The line, counted from 1; nil when the whole file or the head is meant.
        package let line: Int?
        package let problem: String
    }

    /// Every entry that could be read, in the order of the file.
    package private(set) var entries: [LogEntry] = []
    package private(set) var damages: [Damage] = []
    /// Where the last whole line ends; what follows is a write that was torn off.
    package private(set) var wholeBytes = 0
    /// The size of the torn write, or 0.
    package private(set) var tornBytes = 0

    /// Reads a log file's content.
    package init(_ bytes: [UInt8]) { read(bytes[...]) }

    /// The same for whoever has read the beginning before: if it is still there byte by byte, only the rest is checked.
    init(_ bytes: [UInt8], after known: KnownLog?) throws(CryptographyError) {
        guard let known, try known.isBeginning(of: bytes) else {
            self.init(bytes)
            return
        }
        self = known.log
        read(bytes[known.log.wholeBytes...])
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) {
        var previous = entries.last?.hash ?? LogEntry.beginning
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let rest = lines.popLast() ?? []
        tornBytes = rest.count
        wholeBytes = bytes.endIndex - rest.count
        for (number, line) in zip((entries.count + 1)..., lines) {
            do {
                let entry = try LogEntry.read(line)
                if entry.seq != number || entry.previous != previous {
                    add(number, "does not follow the line before: something was removed, added or moved here")
                }
                previous = entry.hash ?? ""
                entries.append(entry)
            } catch let damage as LogDamage {
                add(number, damage.sentence)
            } catch {
                add(number, "cannot be checked: \(error)")
            }
        }
    }

    private mutating func add(_ line: Int?, _ problem: String) {
        damages.append(Damage(line: line, problem: problem))
    }

    /// How the signed head and the log stand to each other.
    enum HeadStanding: Equatable {
        case agrees
        /// The log goes on behind the head, as it does when a command was killed between the two writes.
        case behind(entries: Int)
        case contradicts(String)
    }

    /// Compares the log with its head, whose signature must be of one of `issuers`.
    func standing(of head: LogHead?, issuers: [X509Certificate]) throws -> HeadStanding {
        guard let head else {
            return entries.isEmpty ? .agrees : .contradicts("the log's head is missing or unreadable")
        }
        guard try head.isSigned(byAnyOf: issuers) else {
            return .contradicts("the log's head carries no signature of a device CA of this folder")
        }
        guard head.seq >= 1, head.seq <= entries.count else {
            return .contradicts(
                "the log has \(entries.count) entries, its signed head says \(head.seq): the end was cut off"
            )
        }
        guard entries[head.seq - 1].hash == head.hash else {
            return .contradicts("entry \(head.seq) is not the one that the head was signed for")
        }
        let open = entries.count - head.seq
        return open == 0 ? .agrees : .behind(entries: open)
    }

    /// Makes the entry that would come next.
    mutating func append(_ content: LogEntry.Content, time: Date) throws -> LogEntry {
        let entry = try LogEntry(
            content,
            seq: entries.count + 1,
            time: time.rfc3339,
            previous: entries.last?.hash ?? LogEntry.beginning
        )
        entries.append(entry)
        return entry
    }

    /// The entry that records the issue of a certificate.
    func issue(of serial: SerialNumber) -> LogEntry? {
        entries.last { $0.serial == serial.description && $0.event != .revoked }
    }

    /// Every revocation, keyed by serial number.
    var revocations: [String: LogEntry] {
        var revocations: [String: LogEntry] = [:]
        for entry in entries where entry.event == .revoked {
            guard let serial = entry.serial else { continue }
            revocations[serial] = entry
        }
        return revocations
    }
}

/// A log that was found to be whole, and the digest of the bytes that it was read from.
struct KnownLog: Sendable {
    let log: IssuanceLog
    private let digest: [UInt8]

    /// Nil for a log with damage: that is looked at anew each time.
    init?(_ log: IssuanceLog, from bytes: [UInt8]) throws(CryptographyError) {
        guard log.damages.isEmpty else { return nil }
        self.log = log
        digest = try Digest.sha256(Array(bytes[..<log.wholeBytes]))
    }

    func isBeginning(of bytes: [UInt8]) throws(CryptographyError) -> Bool {
        guard bytes.count >= log.wholeBytes else { return false }
        return try Digest.sha256(Array(bytes[..<log.wholeBytes])) == digest
    }
}

/// What a service remembers of the log between two changes, so that it checks each line once.
///
/// ## Concurrency
/// The log that is known is behind a lock.
package final class LogMemory: Sendable {
    private let known = Mutex<KnownLog?>(nil)

    /// A memory of nothing.
    package init() {}

    func read(_ bytes: [UInt8]) throws -> IssuanceLog {
        let log = try IssuanceLog(bytes, after: known.withLock { $0 })
        let next = try KnownLog(log, from: bytes)
        known.withLock { $0 = next }
        return log
    }
}
