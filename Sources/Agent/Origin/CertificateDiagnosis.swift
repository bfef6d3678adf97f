import FoundationEssentials
import NIOSSL

/// Why a chain of certificates was refused, in the words of a person who looks at it.
///
/// The refusal itself is never decided here, only explained.
struct CertificateDiagnosis {
    /// What is the matter with the chain of an origin, leaf first.
    static func of(_ chain: [NIOSSLCertificate], at now: Date) -> OriginTLSFailure {
        for certificate in chain {
            if let failure = date(certificate, now) { return failure }
        }
        guard let leaf = chain.first else { return .badCertificate }
        do {
            return isSelfIssued(try leaf.toDERBytes()) ? .selfSigned : .unknownIssuer
        } catch {
            return .badCertificate
        }
    }

    private static func date(_ certificate: NIOSSLCertificate, _ now: Date) -> OriginTLSFailure? {
        let end = Date(timeIntervalSince1970: Double(certificate.notValidAfter))
        if end < now { return .expired(day(end)) }
        let beginning = Date(timeIntervalSince1970: Double(certificate.notValidBefore))
        return beginning > now ? .notYetValid(day(beginning)) : nil
    }

    private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }

    /// Whether issuer and subject are the same bytes (RFC 5280, 4.1); false for what is not a certificate.
    static func isSelfIssued(_ der: [UInt8]) -> Bool {
        guard let certificate = DERValue(der[...]), let content = DERValue(certificate.content) else { return false }
        var parts: [DERValue] = []
        var rest = content.content
        // Version (when there is one), serial number, algorithm, issuer, validity, subject.
        while parts.count < 6, let part = DERValue(rest) {
            rest = rest[part.end...]
            if part.tag != DERValue.versionTag { parts.append(part) }
        }
        return parts.count >= 5 && parts[2].content == parts[4].content
    }
}

/// One value of a DER encoding, as far as lengths go (X.690, 8.1).
private struct DERValue {
    /// `[0] EXPLICIT`, which begins what a certificate says since version 2.
    static let versionTag: UInt8 = 0xA0

    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// Where the next value begins.
    let end: Int

    /// Nil for a value that is not there whole, or whose length takes more than four bytes.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 2 else { return nil }
        tag = bytes[bytes.startIndex]
        var start = bytes.startIndex + 2
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let size = length - 0x80
            guard (1...4).contains(size), bytes.endIndex - start >= size else { return nil }
            length = bytes[start..<(start + size)].reduce(0) { $0 << 8 | Int($1) }
            start += size
        }
        guard length <= bytes.endIndex - start else { return nil }
        end = start + length
        content = bytes[start..<end]
    }
}
