import Foundation
import SwiftASN1
import X509

/// A version 2 CRL, written for a test.
struct MintedRevocationList {
    var serials: [Certificate.SerialNumber] = []
    var number: UInt64? = 1
    var nextUpdate: Date? = Operator.now + 86_400
    var version = 1
    var criticalExtension: ASN1ObjectIdentifier?

    /// DER, signed by an issuing CA with a P-384 key.
    func signed(by issuer: Minted) throws -> [UInt8] {
        var content = DER.Serializer()
        try content.appendConstructedNode(identifier: .sequence) { try write(issuer.certificate.subject, into: &$0) }
        let signed = content.serializedBytes
        let signature = try issuer.key.sign(bytes: signed, signatureAlgorithm: .ecdsaWithSHA384)
        var list = DER.Serializer()
        try list.appendConstructedNode(identifier: .sequence) { coder in
            coder.serializeRawBytes(signed)
            try Self.writeAlgorithm(into: &coder)
            try coder.serialize(ASN1BitString(bytes: signature.rawRepresentation[...]))
        }
        return list.serializedBytes
    }

    func pem(signedBy issuer: Minted) throws -> String {
        PEMDocument(type: "X509 CRL", derBytes: try signed(by: issuer)).pemString + "\n"
    }

    private func write(_ issuer: DistinguishedName, into coder: inout DER.Serializer) throws {
        try coder.serialize(version)
        try Self.writeAlgorithm(into: &coder)
        try coder.serialize(issuer)
        try coder.serialize(try Self.time(Operator.now - 60))
        if let nextUpdate { try coder.serialize(try Self.time(nextUpdate)) }
        if !serials.isEmpty {
            try coder.appendConstructedNode(identifier: .sequence) { coder in
                for serial in serials { try Self.write(serial, into: &coder) }
            }
        }
        try coder.serialize(try extensions(), explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific)
    }

    private static func write(_ serial: Certificate.SerialNumber, into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(serial.bytes)
            try coder.serialize(try time(Operator.now - 120))
        }
    }

    private func extensions() throws -> Extensions {
        var extensions = Extensions()
        if let number {
            var value = DER.Serializer()
            try value.serialize(number)
            let item = Certificate.Extension(oid: [2, 5, 29, 20], critical: false, value: value.serializedBytes[...])
            extensions.items.append(item)
        }
        if let criticalExtension {
            extensions.items.append(Certificate.Extension(oid: criticalExtension, critical: true, value: [5, 0]))
        }
        return extensions
    }

    private static func writeAlgorithm(into coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize([1, 2, 840, 10045, 4, 3, 3] as ASN1ObjectIdentifier)
        }
    }

    private static func time(_ date: Date) throws -> UTCTime {
        let parts = Calendar.utc.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        return try UTCTime(
            year: parts.year ?? 0,
            month: parts.month ?? 0,
            day: parts.day ?? 0,
            hours: parts.hour ?? 0,
            minutes: parts.minute ?? 0,
            seconds: parts.second ?? 0
        )
    }

    private struct Extensions: DERSerializable {
        var items: [Certificate.Extension] = []

        func serialize(into coder: inout DER.Serializer) throws { try coder.serializeSequenceOf(items) }
    }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
