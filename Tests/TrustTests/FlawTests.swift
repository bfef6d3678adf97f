import Foundation
import Testing
import X509

@testable import Trust

/// Each flaw in each certificate of both chains: OpenSSL may accept more than we do, never less.
struct FlawTests {
    enum Place: String, CaseIterable { case root, authority, leaf }

    @Test(arguments: Place.allCases)
    func `accepts no edge that OpenSSL refuses`(place: Place) throws {
        for flaw in Flaw.all {
            let owner = try Operator(root: flaw.spoiler(place == .root), edgeCA: flaw.spoiler(place == .authority))
            let chain = try owner.edgeChain(flaw.spoiler(place == .leaf))
            let verifier = EdgeVerifier(anchors: try anchors(owner))
            let ours = refusal {
                _ = try verifier.verify(chain: chain, serverName: Operator.domain, at: Operator.now)
            }
            try expect(ours, flaw, owner, chain, purpose: "sslserver", hostname: Operator.domain)
        }
    }

    @Test(arguments: Place.allCases)
    func `accepts no device that OpenSSL refuses`(place: Place) throws {
        for flaw in Flaw.all {
            let owner = try Operator(root: flaw.spoiler(place == .root), deviceCA: flaw.spoiler(place == .authority))
            let chain = try owner.deviceChain(flaw.spoiler(place == .leaf))
            let verifier = DeviceVerifier(anchors: try anchors(owner), revocations: [])
            let ours = refusal { _ = try verifier.verify(chain: chain, at: Operator.now) }
            try expect(ours, flaw, owner, chain, purpose: "sslclient", hostname: nil)
        }
    }

    private func anchors(_ owner: Operator) throws -> TrustAnchors {
        TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)])
    }

    /// What we refuse, OpenSSL need not be asked about.
    private func expect(
        _ ours: PeerRefusal?,
        _ flaw: Flaw,
        _ owner: Operator,
        _ chain: [[UInt8]],
        purpose: String,
        hostname: String?
    ) throws {
        guard ours == nil else { return }
        let question = OpenSSL.Question(
            roots: [try owner.root.der],
            chain: chain,
            purpose: purpose,
            hostname: hostname,
            date: Operator.now
        )
        let answer = try OpenSSL.verify(question)
        #expect(answer.accepts, "\(flaw.description): \(answer.output)")
    }
}

extension Flaw {
    /// Spoils a recipe, or leaves it as it is.
    fileprivate func spoiler(_ applies: Bool) -> (inout Recipe) -> Void {
        guard applies else { return { _ in } }
        return spoil
    }
}
