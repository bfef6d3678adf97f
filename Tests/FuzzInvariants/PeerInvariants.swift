#if DEBUG || FUZZING
import FoundationEssentials
import X509

@testable import Trust

/// A certificate that anybody may show is read or refused, and its names are the plain ones that they are compared as.
enum PeerInvariants {
    static func certificate(_ bytes: [UInt8]) throws {
        let peer: PeerCertificate
        do throws(PeerRefusal) { peer = try PeerCertificate(der: bytes) } catch { return }
        try require(bytes.count <= PeerCertificate.limit && peer.der == bytes, "other bytes are kept than were read")
        try require(peer.fingerprint.utf8.count == 64, "a fingerprint has another length")
        _ = peer.isSigned(by: peer)
        _ = peer.isValid(at: Date(timeIntervalSince1970: 1_800_000_000))
        try checkNames(peer.certificate)
        try checkProfile(peer.certificate)
    }

    private static func checkNames(_ certificate: Certificate) throws {
        do throws(PeerRefusal) {
            let names = try LeafNames.edge(certificate)
            try requireRefusal((1...64).contains(names.count) && names.allSatisfy(DomainName.isPlain))
        } catch {
            try require(error != .unreadable, "an edge's names are not plain")
        }
        do throws(PeerRefusal) {
            let device = try LeafNames.device(certificate)
            try requireRefusal(UUID(uuidString: device)?.uuidString.lowercased() == device)
        } catch {
            try require(error != .unreadable, "a device is not named as it is compared")
        }
    }

    /// A refusal that none of the rules gives.
    private static func requireRefusal(_ condition: Bool) throws(PeerRefusal) {
        guard condition else { throw .unreadable }
    }

    /// Reads every extension that a chain is judged by; a refusal is as good as consent here.
    private static func checkProfile(_ certificate: Certificate) throws {
        let checks: [(Certificate) throws -> Void] = [
            { try Profile.checkCommon($0) }, { try Profile.checkLeaf($0, usage: .clientAuth) },
            { try Profile.checkAuthority($0, authoritiesBelow: 1) }, { try Profile.checkUsage($0, .serverAuth) },
            { try Profile.checkKeyIdentifiers($0, issuedBy: $0) }, { _ = try NameRules($0).allow($0) },
        ]
        var refusals = 0
        for check in checks {
            do { try check(certificate) } catch { refusals += 1 }
        }
        // What is a leaf is no authority.
        try require(refusals > 0, "a certificate is everything at once")
    }
}
#endif
