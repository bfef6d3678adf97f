package import FoundationEssentials
import SwiftASN1
import X509

/// The certificates that one issuing CA has taken back: a version 2 CRL (RFC 5280, 5).
///
/// Nothing about it counts before its signature has been checked: ``confirmed(by:)`` does so once, when a list is
/// loaded; a list that was not confirmed is checked against the chain at hand, each time that it names a leaf.
package struct RevocationList: Sendable {
    /// The largest list that is read, in bytes: about a hundred thousand entries.
    package static let limit = 4 * 1024 * 1024

    package let thisUpdate: Date
    /// When the next list should be there; what to do about a stale one is the caller's decision.
    package let nextUpdate: Date?
    /// Rises with every list of an issuer; nil when the issuer does not number its lists.
    package let number: UInt64?
    private let issuer: DistinguishedName
    private let serials: Set<[UInt8]>
    private let proof: Proof
    private var signer: Certificate.PublicKey?

    /// What the issuer signed, and how.
    struct Proof: Sendable {
        let algorithm: Certificate.SignatureAlgorithm
        let signedBytes: ArraySlice<UInt8>
        let signature: ArraySlice<UInt8>
    }

    /// Reads a list from PEM or DER; whom it is from is not decided yet.
    package init(_ bytes: [UInt8]) throws(RevocationListError) {
        guard bytes.count <= Self.limit else { throw .tooLarge }
        let parsed: ParsedRevocationList
        do {
            parsed = try ParsedRevocationList(derEncoded: try Self.der(bytes))
        } catch let error as RevocationListError {
            throw error
        } catch {
            throw .unreadable
        }
        thisUpdate = parsed.content.thisUpdate
        nextUpdate = parsed.content.nextUpdate
        number = parsed.content.number
        issuer = parsed.content.issuer
        serials = parsed.content.serials
        proof = parsed.proof
    }

    private static func der(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.starts(with: "-----BEGIN".utf8) else { return bytes }
        let document = try PEMDocument(pemString: String(decoding: bytes, as: UTF8.self))
        guard document.discriminator == "X509 CRL" else { throw RevocationListError.unreadable }
        return document.derBytes
    }

    /// Reads every list of a PEM text: while an operator rotates its CA, both generations publish one.
    package static func lists(_ bytes: [UInt8]) throws(RevocationListError) -> [RevocationList] {
        guard bytes.count <= limit else { throw .tooLarge }
        guard bytes.starts(with: "-----BEGIN".utf8) else { return [try RevocationList(bytes)] }
        let documents: [PEMDocument]
        do {
            documents = try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .unreadable
        }
        guard (1...TrustAnchors.limit).contains(documents.count) else { throw .unreadable }
        var lists: [RevocationList] = []
        for document in documents {
            guard document.discriminator == "X509 CRL" else { throw .unreadable }
            lists.append(try RevocationList(document.derBytes))
        }
        return lists
    }

    /// How many certificates are on it.
    package var count: Int { serials.count }

    /// Whether a serial number is on the list, whoever issued the certificate.
    package func contains(serial: [UInt8]) -> Bool { serials.contains(SerialNumber.normalised(serial)) }

    /// Whether a newer list should have come by now.
    package func isStale(at now: Date) -> Bool { nextUpdate.map { $0 < now } ?? false }

    /// Whether this list may take the place of another: the same issuer's, and not an older one slipped in again.
    package func mayReplace(_ held: RevocationList) -> Bool {
        guard issuer == held.issuer, thisUpdate >= held.thisUpdate else { return false }
        switch (number, held.number) {
        case (let new?, let old?): return new >= old
        case (nil, _?): return false
        case (_, nil): return true
        }
    }

    /// Whether this is a list of the same issuer that may not take the place of the other.
    package func isStep(backFrom held: RevocationList) -> Bool { issuer == held.issuer && !mayReplace(held) }

    /// The same list once one of these CAs (DER) is seen to have signed it.
    package func confirmed(by issuers: [[UInt8]]) throws(RevocationListError) -> RevocationList {
        for der in issuers {
            let authority: Certificate
            do {
                authority = try PeerCertificate(der: der).certificate
            } catch {
                throw .unreadable
            }
            guard isSigned(by: authority) else { continue }
            var list = self
            list.signer = authority.publicKey
            return list
        }
        throw .unknownIssuer
    }

    /// Whether this list takes the leaf back: by serial number, and only on the word of the leaf's own issuer.
    func revokes(_ leaf: PeerCertificate, issuedBy authority: PeerCertificate) -> Bool {
        let authority = authority.certificate
        guard issuer == authority.subject, contains(serial: Array(leaf.certificate.serialNumber.bytes)) else {
            return false
        }
        if let signer { return signer == authority.publicKey }
        return isSigned(by: authority)
    }

    private func isSigned(by authority: Certificate) -> Bool {
        authority.subject == issuer && Self.maySignLists(authority)
            && authority.publicKey.isValidSignature(
                proof.signature,
                for: proof.signedBytes,
                signatureAlgorithm: proof.algorithm
            )
    }

    private static func maySignLists(_ authority: Certificate) -> Bool {
        do {
            return try authority.extensions.keyUsage?.cRLSign ?? false
        } catch {
            return false
        }
    }
}

/// Why a revocation list is not taken.
package enum RevocationListError: Error, Sendable {
    case tooLarge, unreadable
    /// It says something that must be understood and is not, such as being a delta to another list.
    case unknownCriticalExtension
    /// None of the CAs that may have signed it did.
    case unknownIssuer
}
