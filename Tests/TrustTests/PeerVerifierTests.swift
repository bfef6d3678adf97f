import Foundation
import Testing
import X509

@testable import Trust

struct PeerVerifierTests {
    @Test(arguments: ForgedChain.edge)
    func `judges what an edge shows as expected, and so does OpenSSL`(forged: ForgedChain) throws {
        let scene = try forged.scene()
        let verifier = EdgeVerifier(anchors: try anchors(scene), revocations: try revocations(scene))
        #expect(
            refusal {
                _ = try verifier.verify(chain: scene.chain, serverName: scene.hostname, at: Operator.now)
            } == forged.refusal
        )
        try expectOpenSSL(forged, scene, purpose: "sslserver", hostname: scene.hostname)
    }

    @Test(arguments: ForgedChain.device)
    func `judges what a device shows as expected, and so does OpenSSL`(forged: ForgedChain) throws {
        let scene = try forged.scene()
        let verifier = DeviceVerifier(anchors: try anchors(scene), revocations: try revocations(scene))
        #expect(refusal { _ = try verifier.verify(chain: scene.chain, at: Operator.now) } == forged.refusal)
        try expectOpenSSL(forged, scene, purpose: "sslclient", hostname: nil)
    }

    @Test func `says which edge it is`() throws {
        let owner = try Operator()
        let chain = try owner.edgeChain()
        let verifier = EdgeVerifier(anchors: TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)]))
        let edge = try verifier.verify(chain: chain, serverName: "Tunnel.Example.COM.", at: Operator.now)
        #expect(edge.names == [Operator.domain])
        #expect(edge.fingerprint == Fingerprint.of(chain[0]))
        #expect(edge.rootFingerprint == Fingerprint.of(try owner.root.der))
    }

    @Test func `says which device it is`() throws {
        let owner = try Operator()
        let leaf = try Operator.deviceLeaf.minted(by: owner.deviceCA)
        let verifier = DeviceVerifier(
            anchors: TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)]),
            revocations: []
        )
        let device = try verifier.verify(chain: [try leaf.der, try owner.deviceCA.der], at: Operator.now)
        #expect(device.id == Operator.device)
        #expect(device.keyFingerprint == Fingerprint.of(leaf.certificate.publicKey))
        #expect(device.notAfter == leaf.certificate.notValidAfter)
    }

    @Test func `refuses a chain that is empty, too short, too long, too large or no chain`() throws {
        let owner = try Operator()
        let chain = try owner.deviceChain()
        let anchors = TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)])
        let verifier = DeviceVerifier(anchors: anchors, revocations: [])
        func verdict(_ chain: [[UInt8]]) -> PeerRefusal? {
            refusal { _ = try verifier.verify(chain: chain, at: Operator.now) }
        }
        #expect(verdict([]) == .noCertificate)
        #expect(verdict([chain[0]]) == .wrongChainLength)
        #expect(verdict(chain + [[], [], []]) == .wrongChainLength)
        #expect(verdict([[], chain[1]]) == .unreadable)
        #expect(verdict([chain[0] + [0], chain[1]]) == .unreadable)
        #expect(verdict([[UInt8](repeating: 0x30, count: PeerCertificate.limit + 1), chain[1]]) == .unreadable)
    }

    @Test func `trusts nobody without a root`() throws {
        let verifier = DeviceVerifier(anchors: TrustAnchors(roots: []), revocations: [])
        let chain = try Operator().deviceChain()
        #expect(throws: PeerRefusal.unknownIssuer) { try verifier.verify(chain: chain, at: Operator.now) }
    }

    private func anchors(_ scene: ForgedChain.Scene) throws -> TrustAnchors {
        TrustAnchors(roots: try scene.roots.map { try PeerCertificate(der: $0) })
    }

    private func revocations(_ scene: ForgedChain.Scene) throws -> [RevocationList] {
        guard let list = scene.revocations else { return [] }
        return [try RevocationList(Array(list.utf8)).confirmed(by: [scene.chain[1]])]
    }

    private func expectOpenSSL(
        _ forged: ForgedChain,
        _ scene: ForgedChain.Scene,
        purpose: String,
        hostname: String?
    ) throws {
        let question = OpenSSL.Question(
            roots: scene.roots,
            chain: scene.chain,
            purpose: purpose,
            hostname: hostname,
            date: Operator.now,
            revocations: scene.revocations
        )
        let answer = try OpenSSL.verify(question)
        #expect(answer.accepts == (forged.openSSL == .accepts), "\(answer.output)")
    }
}

/// The refusal that a check ends with; nil when it accepts.
func refusal(_ check: () throws -> Void) -> PeerRefusal? {
    do {
        try check()
        return nil
    } catch let refusal as PeerRefusal {
        return refusal
    } catch {
        Issue.record(error)
        return nil
    }
}
