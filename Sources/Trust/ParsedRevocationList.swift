import FoundationEssentials
import SwiftASN1
import X509

/// A CertificateList as it stands on the wire (RFC 5280, 5.1).
///
/// swift-certificates has no type for it, so the shape is spelled out here.
struct ParsedRevocationList {
    let content: Content
    let proof: RevocationList.Proof

    init(derEncoded bytes: [UInt8]) throws {
        self = try DER.sequence(try DER.parse(bytes), identifier: .sequence) { parts in
            guard let signed = parts.next(), let outer = parts.next() else { throw RevocationListError.unreadable }
            let signature = try ASN1BitString(derEncoded: &parts)
            let content = try Content(derEncoded: signed)
            guard content.algorithm.encodedBytes == outer.encodedBytes, signature.paddingBits == 0 else {
                throw RevocationListError.unreadable
            }
            let proof = RevocationList.Proof(
                algorithm: try Self.algorithm(outer),
                signedBytes: signed.encodedBytes,
                signature: signature.bytes
            )
            return Self(content: content, proof: proof)
        }
    }

    private init(content: Content, proof: RevocationList.Proof) {
        self.content = content
        self.proof = proof
    }

    /// The two algorithms that an issuing CA of ours signs with, without parameters (RFC 5758, 3.2).
    private static func algorithm(_ node: ASN1Node) throws -> Certificate.SignatureAlgorithm {
        try DER.sequence(node, identifier: .sequence) { parts in
            switch try ASN1ObjectIdentifier(derEncoded: &parts) {
            case [1, 2, 840, 10045, 4, 3, 2]: .ecdsaWithSHA256
            case [1, 2, 840, 10045, 4, 3, 3]: .ecdsaWithSHA384
            default: throw RevocationListError.unreadable
            }
        }
    }
}

extension ParsedRevocationList {
    /// What the issuer signed: TBSCertList.
    struct Content {
        let algorithm: ASN1Node
        let issuer: DistinguishedName
        let thisUpdate: Date
        let nextUpdate: Date?
        let serials: Set<[UInt8]>
        let number: UInt64?

        init(derEncoded node: ASN1Node) throws {
            self = try DER.sequence(node, identifier: .sequence) { try Content(&$0) }
        }

        private init(_ parts: inout ASN1NodeCollection.Iterator) throws {
            // Version 2 is written as 1, and only it has extensions.
            guard try Int(derEncoded: &parts) == 1, let algorithm = parts.next(), let name = parts.next(),
                let begins = parts.next()
            else { throw RevocationListError.unreadable }
            self.algorithm = algorithm
            issuer = try DistinguishedName(derEncoded: name)
            thisUpdate = try Date(asn1: begins)
            var part = parts.next()
            if let time = part, [.utcTime, .generalizedTime].contains(time.identifier) {
                nextUpdate = try Date(asn1: time)
                part = parts.next()
            } else {
                nextUpdate = nil
            }
            if let entries = part, entries.identifier == .sequence {
                serials = try Self.serials(entries)
                part = parts.next()
            } else {
                serials = []
            }
            number = try part.flatMap(Self.number)
        }

        private static func serials(_ node: ASN1Node) throws -> Set<[UInt8]> {
            guard case .constructed(let entries) = node.content else { throw RevocationListError.unreadable }
            var serials: Set<[UInt8]> = []
            for entry in entries { serials.insert(try serial(entry)) }
            return serials
        }

        private static func serial(_ entry: ASN1Node) throws -> [UInt8] {
            try DER.sequence(entry, identifier: .sequence) { parts in
                let serial = try ArraySlice<UInt8>(derEncoded: &parts)
                guard let date = parts.next() else { throw RevocationListError.unreadable }
                _ = try Date(asn1: date)
                // An entry may carry a reason; a critical extension would change what the entry means.
                if let extensions = parts.next() { _ = try noncritical(extensions) }
                return SerialNumber.normalised(serial)
            }
        }

        /// The CRL number (RFC 5280, 5.2.3) out of the extensions, which are all that may follow the entries.
        private static func number(_ node: ASN1Node) throws -> UInt64? {
            let tag = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
            let extensions = try DER.explicitlyTagged(node, tagNumber: tag.tagNumber, tagClass: tag.tagClass) {
                try noncritical($0)
            }
            let numbers = extensions.filter { $0.oid == [2, 5, 29, 20] }
            guard numbers.count <= 1 else { throw RevocationListError.unreadable }
            return try numbers.first.map { try UInt64(derEncoded: $0.value) }
        }

        private static func noncritical(_ node: ASN1Node) throws -> [Certificate.Extension] {
            let extensions = try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: node)
            guard !extensions.contains(where: \.critical) else { throw RevocationListError.unknownCriticalExtension }
            return extensions
        }
    }
}

extension Date {
    /// Reads a UTCTime or a GeneralizedTime.
    fileprivate init(asn1 node: ASN1Node) throws {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            self.init(time.year, time.month, time.day, seconds: (time.hours * 60 + time.minutes) * 60 + time.seconds)
        } else {
            let time = try GeneralizedTime(derEncoded: node)
            self.init(time.year, time.month, time.day, seconds: (time.hours * 60 + time.minutes) * 60 + time.seconds)
        }
    }

    /// From a day of the Gregorian calendar, counted from 1 March so that a leap day comes last in its year.
    private init(_ year: Int, _ month: Int, _ day: Int, seconds: Int) {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        // 719 468 days lie between 1 March of the year 0 and 1 January 1970.
        let days = 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        self.init(timeIntervalSince1970: Double(days * 86_400 + seconds))
    }
}
