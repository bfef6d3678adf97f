import CertificateAuthority
import Cryptography
import Foundation
import SwiftASN1
import TestSupport
import Testing
import X509

/// The general verifier of swift-certificates, as a third opinion beside OpenSSL's and our own.
struct SwiftCertificatesTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    /// Says that the names of a leaf are understood, which the library's own policy leaves to its caller.
    private struct KnowsNames: VerifierPolicy {
        let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.subjectAlternativeName]

        func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult { .meetsPolicy }
    }

    private func refusals(of path: String) async throws -> [String] {
        let chain = try authority.folder.certificates(path).map { try Certificate(derEncoded: $0.der()) }
        let root = try Certificate(derEncoded: authority.folder.certificate(authority.rootPath).der())
        var verifier = Verifier(rootCertificates: CertificateStore([root])) {
            RFC5280Policy()
            KnowsNames()
        }
        let leaf = try #require(chain.first)
        let verdict = await verifier.validate(leaf: leaf, intermediates: CertificateStore(chain.dropFirst()))
        switch verdict {
        case .validCertificate: return []
        case .couldNotValidate(let failures): return ["\(failures)"]
        }
    }

    @Test func `accepts the host constraint above an edge`() async throws {
        #expect(try await refusals(of: authority.edge().chainPath) == [])
    }

    @Test func `accepts the uri constraint above a device`() async throws {
        #expect(try await refusals(of: authority.issueDevice().chainPath) == [])
    }
}
