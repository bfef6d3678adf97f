import Crypto
import Foundation
import SwiftASN1
import X509

@testable import Trust

extension ForgedChain {
    static let edge = edgeLeaves + edgeAuthorityCases + edgePaths

    private static let edgeLeaves: [ForgedChain] = [
        .edgeLeaf("what ca-tools issues", nil) { _ in },
        .edgeLeaf("a name below the domain", nil, hostname: "a.tunnel.example.com") {
            $0.names = [.dnsName("a.tunnel.example.com")]
        },
        .edgeLeaf("expired", .expired) { $0.notAfter = Operator.now - 1 },
        .edgeLeaf("not yet valid", .notYetValid) { $0.notBefore = Operator.now + 1 },
        .edgeLeaf("client authentication", .wrongPurpose) { $0.usages = [.clientAuth] },
        .edgeLeaf("both usages", .wrongPurpose, openSSL: .accepts) { $0.usages = [.serverAuth, .clientAuth] },
        .edgeLeaf("any usage", .wrongPurpose) { $0.usages = [.any] },
        .edgeLeaf("no extended key usage", .wrongPurpose, openSSL: .accepts) { $0.usages = [] },
        .edgeLeaf("a leaf that is a CA", .wrongPurpose, openSSL: .accepts) {
            $0.subject = "Authority"
            $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil)
        },
        .edgeLeaf("another name", .wrongName, hostname: "b.tunnel.example.com") { _ in },
        .edgeLeaf("a common name alone", .wrongName, openSSL: .accepts) {
            ($0.subject, $0.names) = (Operator.domain, [])
        },
        .edgeLeaf("neither a subject nor critical names", .constraintViolated) { $0.namesAreCritical = false },
        .edgeLeaf("a subject beside names that are not critical", nil) {
            ($0.subject, $0.namesAreCritical) = (Operator.domain, false)
        },
        .edgeLeaf("a wildcard", .constraintViolated, openSSL: .accepts, hostname: "a.tunnel.example.com") {
            $0.names = [.dnsName("*.tunnel.example.com")]
        },
        .edgeLeaf("an address beside the name", .constraintViolated, openSSL: .accepts) {
            $0.names.append(.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])))
        },
        .edgeLeaf("a name outside the constraint", .constraintViolated, hostname: "example.org") {
            $0.names = [.dnsName("example.org")]
        },
        .edgeLeaf("a name that only ends like the domain", .constraintViolated, hostname: "eviltunnel.example.com") {
            $0.names = [.dnsName("eviltunnel.example.com")]
        },
        .edgeLeaf("a second name outside the constraint", .constraintViolated) {
            $0.names.append(.dnsName("example.org"))
        },
        .edgeLeaf("an unknown critical extension", .constraintViolated) {
            $0.extra = [Certificate.Extension(oid: [1, 3, 6, 1, 4, 1, 99_999, 1], critical: true, value: [5, 0])]
        },
        .edgeLeaf("no digital signature", .constraintViolated) { $0.keyUsage = KeyUsage(nonRepudiation: true) },
        .edgeLeaf("a leaf that may sign certificates", .constraintViolated) {
            $0.keyUsage = KeyUsage(digitalSignature: true, keyCertSign: true)
        },
        .edgeLeaf("a leaf that names another issuing CA", .constraintViolated) { $0.authorityKey = .mistaken },
        .edgeLeaf("the serial number zero", .constraintViolated, openSSL: .accepts) {
            $0.serial = Certificate.SerialNumber(bytes: [0])
        },
        .edgeLeaf("a signature over SHA-512", .constraintViolated, openSSL: .accepts) {
            $0.algorithm = .ecdsaWithSHA512
        },
    ]

    private static let edgeAuthorityCases: [ForgedChain] = [
        .edgeAuthorities("an expired issuing CA", .expired, edgeCA: { $0.notAfter = Operator.now - 1 }),
        .edgeAuthorities("an expired root", .expired, root: { $0.notAfter = Operator.now - 1 }),
        .edgeAuthorities("an issuing CA of the future", .notYetValid, edgeCA: { $0.notBefore = Operator.now + 1 }),
        .edgeAuthorities(
            "an issuing CA that is none",
            .constraintViolated,
            edgeCA: { $0.basicConstraints = .notCertificateAuthority }
        ),
        .edgeAuthorities(
            "basic constraints that are not critical",
            .constraintViolated,
            edgeCA: { $0.basicConstraintsAreCritical = false }
        ),
        .edgeAuthorities(
            "an issuing CA that may not sign certificates",
            .constraintViolated,
            edgeCA: { $0.keyUsage = KeyUsage(digitalSignature: true, cRLSign: true) }
        ),
        .edgeAuthorities(
            "a root that allows no CA below it",
            .constraintViolated,
            root: { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 0) }
        ),
        .edgeAuthorities("an issuing CA for devices", .wrongPurpose, edgeCA: { $0.usages = [.clientAuth] }),
        .edgeAuthorities(
            "an issuing CA for anything",
            .wrongPurpose,
            openSSL: .accepts,
            edgeCA: { $0.usages = [] }
        ),
        .edgeAuthorities("a root for clients alone", .wrongPurpose, root: { $0.usages = [.clientAuth] }),
        .edgeAuthorities("a root for servers alone", nil, root: { $0.usages = [.serverAuth] }),
        .edgeAuthorities(
            "an issuing CA that names another root",
            .constraintViolated,
            edgeCA: { $0.authorityKey = .mistaken }
        ),
        .edgeAuthorities("a permitted name that is none", .constraintViolated) {
            $0.constraints = NameConstraints(permittedSubtrees: [.dnsName(".")])
        },
        .edgeAuthorities(
            "an excluded name",
            .constraintViolated,
            edgeCA: { $0.constraints = NameConstraints(excludedSubtrees: [.dnsName("example.com")]) }
        ),
        .edgeAuthorities(
            "a name that the root excludes",
            .constraintViolated,
            root: { $0.constraints = NameConstraints(excludedSubtrees: [.dnsName(Operator.domain)]) }
        ),
        .edgeAuthorities(
            "a rule about subjects",
            .constraintViolated,
            openSSL: .accepts,
            edgeCA: {
                $0.constraints = NameConstraints(permittedSubtrees: [.directoryName(DistinguishedName())])
            }
        ),
    ]

    private static let edgePaths: [ForgedChain] = [
        ForgedChain("another operator", .unknownIssuer) {
            Scene(roots: [try Operator().root.der], chain: try Operator(name: "Other").edgeChain())
        },
        ForgedChain("another operator under the same names", .unknownIssuer) {
            Scene(roots: [try Operator().root.der], chain: try Operator().edgeChain())
        },
        ForgedChain("another operator's expired chain says no more than unknown", .unknownIssuer) {
            let chain = try Operator().edgeChain { $0.notAfter = Operator.now - 1 }
            return Scene(roots: [try Operator().root.der], chain: chain)
        },
        ForgedChain("a leaf that its issuing CA did not sign", .unknownIssuer) {
            let owner = try Operator()
            let chain = [try Operator().edgeChain()[0], try owner.edgeCA.der]
            return Scene(roots: [try owner.root.der], chain: chain)
        },
        ForgedChain("a leaf that signed itself", .unknownIssuer) {
            let leaf = try Operator.edgeLeaf.minted(by: nil)
            return Scene(roots: [try Operator().root.der], chain: [try leaf.der, try leaf.der])
        },
        ForgedChain("a leaf straight from the root", .wrongPurpose, openSSL: .accepts) {
            let owner = try Operator()
            let leaf = try Operator.edgeLeaf.minted(by: owner.root)
            return Scene(roots: [try owner.root.der], chain: [try leaf.der, try owner.root.der])
        },
        ForgedChain("a CA below the issuing CA", .unknownIssuer) {
            let owner = try Operator()
            let below = try Operator.edgeCA("Below").minted(by: owner.edgeCA)
            let leaf = try Operator.edgeLeaf.minted(by: below)
            return Scene(roots: [try owner.root.der], chain: [try leaf.der, try below.der, try owner.edgeCA.der])
        },
        ForgedChain("a leaf that issues another", .unknownIssuer) {
            let owner = try Operator()
            let first = try Operator.edgeLeaf.minted(by: owner.edgeCA)
            let second = try Operator.edgeLeaf.minted(by: first)
            return Scene(roots: [try owner.root.der], chain: [try second.der, try first.der, try owner.edgeCA.der])
        },
        ForgedChain("a device posing as an edge", .wrongPurpose) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der], chain: try owner.deviceChain())
        },
        ForgedChain("an edge leaf from the CA for devices", .wrongPurpose) {
            let owner = try Operator()
            let leaf = try Operator.edgeLeaf.minted(by: owner.deviceCA)
            return Scene(roots: [try owner.root.der], chain: [try leaf.der, try owner.deviceCA.der])
        },
        ForgedChain("a key on P-521", .constraintViolated, openSSL: .accepts) {
            let owner = try Operator()
            let key = Certificate.PrivateKey(P521.Signing.PrivateKey())
            let leaf = try Operator.edgeLeaf.minted(by: owner.edgeCA, key: key)
            return Scene(roots: [try owner.root.der], chain: [try leaf.der, try owner.edgeCA.der])
        },
        ForgedChain("an RSA key of 1024 bits", .unreadable) {
            try reissued(["-newkey", "rsa:1024"], "-sha256")
        },
        ForgedChain("an RSA key of 2048 bits", .constraintViolated, openSSL: .accepts) {
            try reissued(["-newkey", "rsa:2048"], "-sha256")
        },
        ForgedChain("a signature over SHA-1", .unreadable) {
            try reissued(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "-sha1")
        },
        ForgedChain("an algorithm other than the one that was signed", .unreadable) {
            let owner = try Operator()
            let leaf = try Operator.edgeLeaf.minted(by: owner.edgeCA)
            return Scene(
                roots: [try owner.root.der],
                chain: [try leaf.relabelled(by: owner.edgeCA), try owner.edgeCA.der]
            )
        },
        ForgedChain("revoked", .revoked) {
            let owner = try Operator()
            let leaf = try Operator.edgeLeaf.minted(by: owner.edgeCA)
            let list = MintedRevocationList(serials: [leaf.certificate.serialNumber])
            return Scene(
                roots: [try owner.root.der],
                chain: [try leaf.der, try owner.edgeCA.der],
                revocations: try list.pem(signedBy: owner.edgeCA)
            )
        },
        ForgedChain("the second of two roots", nil) {
            let owner = try Operator()
            return Scene(roots: [try Operator().root.der, try owner.root.der], chain: try owner.edgeChain())
        },
        ForgedChain("a root that was renewed with its key", nil) {
            let owner = try Operator()
            let old = Operator.spoilt(Operator.root("Operator")) { $0.notAfter = Operator.now - 1 }
            let expired = try old.minted(by: nil, key: owner.root.key)
            return Scene(roots: [try expired.der, try owner.root.der], chain: try owner.edgeChain())
        },
        ForgedChain("with the root sent along", nil) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der], chain: try owner.edgeChain() + [try owner.root.der])
        },
    ]

    /// An edge leaf that OpenSSL issues, for what swift-certificates does not sign.
    private static func reissued(_ key: [String], _ digest: String) throws -> Scene {
        let owner = try Operator()
        return try OpenSSL.withTemporaryFolder { folder in
            func path(_ name: String) -> String { folder.appending(path: name).path }
            try Data(try owner.edgeCA.pem.utf8).write(to: folder.appending(path: "ca.pem"))
            let caKey = try owner.edgeCA.key.serializeAsPEM().pemString
            try Data(caKey.utf8).write(to: folder.appending(path: "ca.key"))
            let profile = """
                basicConstraints=critical,CA:FALSE
                keyUsage=critical,digitalSignature
                extendedKeyUsage=serverAuth
                subjectAltName=DNS:\(Operator.domain)
                subjectKeyIdentifier=hash
                authorityKeyIdentifier=keyid
                """
            try Data(profile.utf8).write(to: folder.appending(path: "profile"))
            let subject = ["-subj", "/CN=\(Operator.domain)"]
            let request = ["req", "-new", "-nodes", "-keyout", path("key"), "-out", path("csr")] + subject + key
            let issue = [
                "x509", "-req", "-in", path("csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), digest,
                "-set_serial", "4711", "-days", "36500", "-extfile", path("profile"), "-out", path("leaf"),
            ]
            for command in [request, issue] {
                let result = try OpenSSL.run(command)
                guard result.accepts else { throw OpenSSLFailure(output: result.output) }
            }
            let leaf = try PEM.certificate(try String(contentsOfFile: path("leaf"), encoding: .utf8))
            return Scene(roots: [try owner.root.der], chain: [leaf, try owner.edgeCA.der])
        }
    }
}

/// OpenSSL could not make what a test needs.
struct OpenSSLFailure: Error { let output: String }
