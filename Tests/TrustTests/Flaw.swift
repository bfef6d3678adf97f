import Foundation
import SwiftASN1
import X509

/// One way in which a certificate differs from what `ca-tools` issues.
struct Flaw: Sendable {
    let description: String
    let spoil: @Sendable (inout Recipe) -> Void

    init(_ description: String, _ spoil: @escaping @Sendable (inout Recipe) -> Void) {
        self.description = description
        self.spoil = spoil
    }

    static let all = times + powers + purposes + names + forms

    private static let times = [
        Flaw("expired") { $0.notAfter = Operator.now - 1 },
        Flaw("not yet valid") { $0.notBefore = Operator.now + 1 },
        Flaw("over before it begins") { ($0.notBefore, $0.notAfter) = (Operator.now + 1, Operator.now - 1) },
    ]

    private static let powers = [
        Flaw("no CA") { $0.basicConstraints = .notCertificateAuthority },
        Flaw("a CA over any depth") { $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil) },
        Flaw("a CA over leaves") { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 0) },
        Flaw("basic constraints not critical") { $0.basicConstraintsAreCritical = false },
        Flaw("no key usage bit") { $0.keyUsage = KeyUsage() },
        Flaw("digital signatures") { $0.keyUsage = KeyUsage(digitalSignature: true) },
        Flaw("key agreement") { $0.keyUsage = KeyUsage(keyAgreement: true) },
        Flaw("lists alone") { $0.keyUsage = KeyUsage(cRLSign: true) },
        Flaw("certificates alone") { $0.keyUsage = KeyUsage(keyCertSign: true) },
    ]

    private static let purposes = [
        Flaw("no purpose") { $0.usages = [] },
        Flaw("servers") { $0.usages = [.serverAuth] },
        Flaw("clients") { $0.usages = [.clientAuth] },
        Flaw("any purpose") { $0.usages = [.any] },
        Flaw("code") { $0.usages = [.codeSigning] },
    ]

    private static let names = [
        Flaw("no subject") { $0.subject = "" },
        Flaw("no other name") { $0.names = [] },
        Flaw("a subject more") { $0.subject = Operator.domain },
        Flaw("other names not critical") { $0.namesAreCritical = false },
        Flaw("a foreign DNS name more") { $0.names.append(.dnsName("example.org")) },
        Flaw("a foreign URI more") { $0.names.append(.uniformResourceIdentifier("osm://edge/1")) },
        Flaw("a foreign DNS name permitted") { $0.permit(.dnsName("example.org")) },
        Flaw("what is below the domain permitted") { $0.permit(.dnsName(".\(Operator.domain)")) },
        Flaw("a lone dot permitted") { $0.permit(.dnsName(".")) },
        Flaw("a domain with a last dot permitted") { $0.permit(.dnsName("\(Operator.domain).")) },
        Flaw("every DNS name permitted") { $0.permit(.dnsName("")) },
        Flaw("a foreign host permitted") { $0.permit(.uniformResourceIdentifier("edge")) },
        Flaw("an empty host permitted") { $0.permit(.uniformResourceIdentifier("")) },
        Flaw("an address permitted") {
            $0.permit(.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1, 255, 255, 255, 255])))
        },
        Flaw("every DNS name excluded") { $0.exclude(.dnsName("")) },
        Flaw("the domain in capitals excluded") { $0.exclude(.dnsName(Operator.domain.uppercased())) },
        Flaw("what is above the domain excluded") { $0.exclude(.dnsName(".example.com")) },
        Flaw("the host of devices excluded") { $0.exclude(.uniformResourceIdentifier("DEVICE")) },
    ]

    private static let forms = [
        Flaw("version 1") { $0.version = .v1 },
        Flaw("an unknown critical extension") {
            $0.extra = [Certificate.Extension(oid: [1, 3, 6, 1, 4, 1, 99_999, 1], critical: true, value: [5, 0])]
        },
        Flaw("no word about its own key") { $0.namesItsKey = false },
        Flaw("no word about the key above") { $0.authorityKey = .unnamed },
        Flaw("another key above") { $0.authorityKey = .mistaken },
        Flaw("SHA-512") { $0.algorithm = .ecdsaWithSHA512 },
        Flaw("SHA-256") { $0.algorithm = .ecdsaWithSHA256 },
    ]
}

extension Recipe {
    /// Makes one subtree the only one that is permitted.
    fileprivate mutating func permit(_ name: GeneralName) {
        constraints = NameConstraints(permittedSubtrees: [name])
    }

    /// Makes one subtree the only one that a rule speaks of.
    fileprivate mutating func exclude(_ name: GeneralName) {
        constraints = NameConstraints(excludedSubtrees: [name])
    }
}
