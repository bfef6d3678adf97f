import Crypto
import Foundation
import Testing
import X509

@testable import Trust

/// One chain, what we say to it, and what OpenSSL says.
struct ForgedChain: Sendable, CustomTestStringConvertible {
    /// Everything a verdict depends on.
    struct Scene {
        var roots: [[UInt8]]
        var chain: [[UInt8]]
        var hostname = Operator.domain
        /// PEM.
        var revocations: String?
    }

    enum Verdict { case accepts, refuses }

    let testDescription: String
    /// nil for a chain that must be accepted.
    let refusal: PeerRefusal?
    /// Where it accepts what we refuse, our profile is narrower than RFC 5280 on purpose.
    let openSSL: Verdict
    let scene: @Sendable () throws -> Scene

    init(
        _ description: String,
        _ refusal: PeerRefusal?,
        openSSL: Verdict? = nil,
        _ scene: @escaping @Sendable () throws -> Scene
    ) {
        testDescription = description
        self.refusal = refusal
        self.openSSL = openSSL ?? (refusal == nil ? .accepts : .refuses)
        self.scene = scene
    }

    /// A chain whose leaf alone differs from what an edge would show.
    static func edgeLeaf(
        _ description: String,
        _ refusal: PeerRefusal?,
        openSSL: Verdict? = nil,
        hostname: String = Operator.domain,
        _ spoil: @escaping @Sendable (inout Recipe) -> Void
    ) -> Self {
        Self(description, refusal, openSSL: openSSL) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der], chain: try owner.edgeChain(spoil), hostname: hostname)
        }
    }

    /// A chain whose leaf alone differs from what a device would show.
    static func deviceLeaf(
        _ description: String,
        _ refusal: PeerRefusal?,
        openSSL: Verdict? = nil,
        _ spoil: @escaping @Sendable (inout Recipe) -> Void
    ) -> Self {
        Self(description, refusal, openSSL: openSSL) {
            let owner = try Operator()
            return Scene(roots: [try owner.root.der], chain: try owner.deviceChain(spoil))
        }
    }

    /// An edge's chain below authorities that differ from ours.
    static func edgeAuthorities(
        _ description: String,
        _ refusal: PeerRefusal?,
        openSSL: Verdict? = nil,
        root: @escaping @Sendable (inout Recipe) -> Void = { _ in },
        edgeCA: @escaping @Sendable (inout Recipe) -> Void = { _ in }
    ) -> Self {
        Self(description, refusal, openSSL: openSSL) {
            let owner = try Operator(root: root, edgeCA: edgeCA)
            return Scene(roots: [try owner.root.der], chain: try owner.edgeChain())
        }
    }
}
