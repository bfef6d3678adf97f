import Cryptography
import FoundationEssentials

/// One line of the issuance log.
///
/// Canonical form: a JSON object with its keys in alphabetical order, no white space, no escapes, absent members
/// left out. `hash` is
/// the SHA-256 of that form without the member `hash`; `previous` is the `hash` of the line before, or 64 zeros in
/// the first.
package struct LogEntry: Codable, Equatable, Sendable {
    /// What happened.
    package enum Event: String, Codable, Sendable {
        case rootIssued = "root-issued"
        case edgeIssuerIssued = "edge-issuer-issued"
        case deviceIssuerIssued = "device-issuer-issued"
        case edgeIssued = "edge-issued"
        case deviceIssued = "device-issued"
        case revoked
        case listsSigned = "lists-signed"
        case rotationBegun = "rotation-begun"
        case rotationSwitched = "rotation-switched"
        case rotationFinished = "rotation-finished"
    }

    /// What an entry says; the log adds the place in the chain.
    package struct Content: Sendable {
        var event: Event
        var subject: String
        var serial: SerialNumber?
        var notAfter: String?
        var sha256: String?
        var issuer: String?
        var reason: String?
        var label: String?

        init(_ event: Event, subject: String) {
            self.event = event
            self.subject = subject
        }
    }

    /// Counted from 1.
    package let seq: Int
    package let time: String
    package let event: Event
    /// The URI of a device, the name of an edge, the distinguished name of a CA.
    package let subject: String
    package let serial: String?
    package let notAfter: String?
    /// The fingerprint of the certificate.
    package let sha256: String?
    /// The fingerprint of the CA that signed it.
    package let issuer: String?
    package let reason: String?
    package let label: String?
    package let previous: String
    /// Empty only while the hash is being computed.
    package private(set) var hash: String?

    private enum CodingKeys: String, CodingKey {
        case seq, time, event, subject, serial, sha256, issuer, reason, label, previous, hash
        case notAfter = "not_after"
    }

    /// The hash before the first line.
    static let beginning = String(repeating: "0", count: 64)

    /// Seals some content behind the entry with the hash `previous`.
    init(_ content: Content, seq: Int, time: String, previous: String) throws {
        self.seq = seq
        self.time = time
        self.previous = previous
        event = content.event
        subject = content.subject
        serial = content.serial?.description
        notAfter = content.notAfter
        sha256 = content.sha256
        issuer = content.issuer
        reason = content.reason
        label = content.label
        hash = nil
        hash = try Digest.sha256(canonicalForm()).hexadecimal
    }

    /// The bytes over which `hash` is taken while it is nil, and the line without its line feed afterwards.
    func canonicalForm() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// Reads a line; throws unless it is in canonical form and its hash is right.
    static func read(_ line: some Collection<UInt8>) throws -> LogEntry {
        let entry: LogEntry
        do {
            entry = try JSONDecoder().decode(LogEntry.self, from: Data(line))
        } catch {
            throw LogDamage.unreadable
        }
        guard try entry.canonicalForm().elementsEqual(line) else { throw LogDamage.notCanonical }
        var unsealed = entry
        unsealed.hash = nil
        guard try Digest.sha256(unsealed.canonicalForm()).hexadecimal == entry.hash else { throw LogDamage.wrongHash }
        return entry
    }
}

/// What is wrong with one line, before anything is known about its neighbours.
enum LogDamage: Error {
    case unreadable, notCanonical, wrongHash

    var sentence: String {
        switch self {
        case .unreadable: "is not an entry of this log"
        case .notCanonical: "is not written in the canonical form"
        case .wrongHash: "does not match its own hash: it was changed after it was written"
        }
    }
}
