import Foundation
import TestSupport
import Testing

@testable import Trust

/// What the operator's own tools issue, as agents and edges judge it.
struct IssuedByCAToolsTests {
    private let authority: ThrowawayCA
    private let bundle: OperatorBundle
    private let now = Date.now

    init() throws {
        authority = try ThrowawayCA()
        bundle = try OperatorBundle.decode(try Self.bytes(authority.bundlePath))
    }

    private static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    @Test func `accepts an edge's chain under the bundle`() throws {
        let text = try String(contentsOfFile: try authority.edgeChainPath(), encoding: .utf8)
        let verifier = EdgeVerifier(
            anchors: try bundle.anchors(at: now),
            revocations: bundle.edgeRevocations.map { [$0] } ?? []
        )
        let edge = try verifier.verify(chain: try PEM.certificates(text), serverName: authority.domain, at: now)
        #expect(edge.names == [authority.domain])
    }

    @Test func `accepts a device that asked with a request of its own`() throws {
        let request = try DeviceCredentials.request(commonName: "laptop")
        let chain = try authority.issueDevice(requestPEM: request.requestPEM, id: Operator.device)
        let credentials = try DeviceCredentials(keyPEM: request.keyPEM, chainPEM: chain)
        try credentials.check(against: try bundle.anchors(at: now), at: now)
        #expect(credentials.identity.id == Operator.device)
    }

    @Test func `shuts out a device whose root is not trusted any more, and no other`() throws {
        let chain = try PEM.certificates(try authority.issueDevice().chainPEM)
        let anchors = try bundle.anchors(at: now)
        let verifier = DeviceVerifier(anchors: anchors, revocations: [])
        let identity = try verifier.verify(chain: chain, at: now)
        #expect(verifier.shutsOut(identity) == nil)
        let stranger = try ThrowawayCA()
        let other = try OperatorBundle.decode(try Self.bytes(stranger.bundlePath)).anchors(at: now)
        #expect(DeviceVerifier(anchors: other, revocations: []).shutsOut(identity) == .unknownIssuer)
        let both = TrustAnchors(roots: other.roots + anchors.roots)
        #expect(DeviceVerifier(anchors: both, revocations: []).shutsOut(identity) == nil)
    }

    @Test func `refuses a device once it is on the list`() throws {
        let device = try authority.issueDevice()
        let chain = try PEM.certificates(device.chainPEM)
        let anchors = try bundle.anchors(at: now)
        func verifier() throws -> DeviceVerifier {
            let list = try RevocationList(Self.bytes(authority.deviceListPath)).confirmed(by: bundle.deviceIssuers)
            return DeviceVerifier(anchors: anchors, revocations: [list])
        }
        let identity = try verifier().verify(chain: chain, at: now)
        try authority.revoke(device: device.id)
        #expect(throws: PeerRefusal.revoked) { try verifier().verify(chain: chain, at: now) }
        #expect(try verifier().shutsOut(identity) == .revoked)
    }
}
