import Foundation
import SwiftASN1
import X509

@testable import Trust

extension ForgedChain {
    private static let other = "osm://device/7c9e6679-7425-40de-944b-e07fc1f90ae7"

    static let device: [ForgedChain] = [
        .deviceLeaf("what ca-tools issues", nil) { _ in },
        .deviceLeaf("expired", .expired) { $0.notAfter = Operator.now - 1 },
        .deviceLeaf("not yet valid", .notYetValid) { $0.notBefore = Operator.now + 1 },
        .deviceLeaf("server authentication", .wrongPurpose) { $0.usages = [.serverAuth] },
        .deviceLeaf("both usages", .wrongPurpose, openSSL: .accepts) { $0.usages = [.serverAuth, .clientAuth] },
        .deviceLeaf("a leaf that is a CA", .wrongPurpose, openSSL: .accepts) {
            $0.subject = "Authority"
            $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil)
        },
        .deviceLeaf("a common name alone", .wrongName, openSSL: .accepts) {
            ($0.subject, $0.names) = (Operator.device, [])
        },
        .deviceLeaf("two devices", .wrongName, openSSL: .accepts) {
            $0.names.append(.uniformResourceIdentifier(other))
        },
        .deviceLeaf("a DNS name beside the device", .wrongName, openSSL: .accepts) {
            $0.names.append(.dnsName("example.com"))
        },
        .deviceLeaf("a UUID in upper case", .wrongName, openSSL: .accepts) {
            $0.names = [.uniformResourceIdentifier("osm://device/\(Operator.device.uppercased())")]
        },
        .deviceLeaf("something after the UUID", .wrongName, openSSL: .accepts) {
            $0.names = [.uniformResourceIdentifier(other + "/x")]
        },
        .deviceLeaf("a URI outside the constraint", .constraintViolated) {
            $0.names = [.uniformResourceIdentifier("osm://edge/\(Operator.device)")]
        },
        .deviceLeaf("an unknown critical extension", .constraintViolated) {
            $0.extra = [Certificate.Extension(oid: [1, 3, 6, 1, 4, 1, 99_999, 1], critical: true, value: [5, 0])]
        },
        ForgedChain("another operator under the same names", .unknownIssuer) {
            Scene(roots: [try Operator().root.der], chain: try Operator().deviceChain())
        },
        ForgedChain("an edge posing as a device", .wrongPurpose) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der], chain: try owner.edgeChain())
        },
        ForgedChain("a device leaf from the CA for edges", .wrongPurpose) {
            let owner = try Operator()
            let leaf = try Operator.deviceLeaf.minted(by: owner.edgeCA)
            return Scene(roots: [try owner.root.der], chain: [try leaf.der, try owner.edgeCA.der])
        },
        ForgedChain("a device leaf from a device", .unknownIssuer) {
            let owner = try Operator()
            let first = try Operator.deviceLeaf.minted(by: owner.deviceCA)
            let second = try Operator.deviceLeaf.minted(by: first)
            return Scene(roots: [try owner.root.der], chain: [try second.der, try first.der, try owner.deviceCA.der])
        },
        ForgedChain("a root that allows no CA below it", .constraintViolated) {
            let owner = try Operator(root: { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 0) })
            return Scene(roots: [try owner.root.der], chain: try owner.deviceChain())
        },
        ForgedChain("revoked", .revoked) {
            let owner = try Operator()
            let leaf = try Operator.deviceLeaf.minted(by: owner.deviceCA)
            let list = MintedRevocationList(serials: [leaf.certificate.serialNumber])
            return Scene(
                roots: [try owner.root.der],
                chain: [try leaf.der, try owner.deviceCA.der],
                revocations: try list.pem(signedBy: owner.deviceCA)
            )
        },
        ForgedChain("not among the revoked", nil) {
            let owner = try Operator()
            let list = MintedRevocationList(serials: [Certificate.SerialNumber()])
            return Scene(
                roots: [try owner.root.der],
                chain: try owner.deviceChain(),
                revocations: try list.pem(signedBy: owner.deviceCA)
            )
        },
        ForgedChain("the old of two roots in a rotation", nil) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der, try Operator().root.der], chain: try owner.deviceChain())
        },
    ]
}
