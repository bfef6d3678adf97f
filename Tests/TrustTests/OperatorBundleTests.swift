import Foundation
import Testing
import X509

@testable import Trust

struct OperatorBundleTests {
    /// The fields of a bundle, to be spoilt one by one.
    private func fields(roots: [String]) -> [String: Any] {
        [
            "version": 1, "domain": Operator.domain, "edges": ["tunnel.example.com:8443"],
            "created": "2027-01-15T08:00:00Z", "sample": false, "roots": roots,
        ]
    }

    private func bundle(_ roots: [Minted], _ spoil: (inout [String: Any]) -> Void = { _ in }) throws -> OperatorBundle {
        var fields = fields(roots: try roots.map { try $0.pem })
        spoil(&fields)
        return try OperatorBundle.decode(Array(try JSONSerialization.data(withJSONObject: fields)))
    }

    private func root(_ name: String = "Operator", _ spoil: (inout Recipe) -> Void = { _ in }) throws -> Minted {
        try Operator(name: name, root: spoil).root
    }

    @Test func `reads what ca-tools writes`() throws {
        let owner = try Operator()
        let list = try MintedRevocationList().pem(signedBy: owner.edgeCA)
        let issuer = try owner.deviceCA.pem
        let bundle = try bundle([owner.root]) {
            $0["device_issuers"] = [issuer]
            $0["edge_crl"] = list
        }
        #expect(bundle.domain == Operator.domain)
        #expect(bundle.edges == ["tunnel.example.com:8443"])
        #expect(bundle.deviceIssuers == [try owner.deviceCA.der])
        #expect(bundle.edgeRevocations?.count == 0)
        #expect(bundle.rootSummaries.map(\.fingerprint) == [Fingerprint.of(try owner.root.der)])
        #expect(try bundle.anchors(at: Operator.now).fingerprints == bundle.rootSummaries.map(\.fingerprint))
    }

    @Test func `is missing when it is empty`() {
        #expect(throws: BundleRefusal.missing) { try OperatorBundle.decode([]) }
    }

    @Test(arguments: ["{", "[]", "null", "{\"version\":1}", "\u{0}"])
    func `refuses what is no bundle`(text: String) {
        #expect(throws: BundleRefusal.unreadable("it is not the JSON that ca-tools writes")) {
            try OperatorBundle.decode(Array(text.utf8))
        }
    }

    @Test(arguments: ["[", "{\"roots\":", "{\"a\":["])
    func `refuses what is nested to the limit`(opening: String) {
        let text = String(repeating: opening, count: OperatorBundle.limit / opening.utf8.count)
        #expect(throws: BundleRefusal.self) { try OperatorBundle.decode(Array(text.utf8)) }
    }

    @Test func `reads no bundle that is cut off`() throws {
        let whole = try JSONSerialization.data(withJSONObject: fields(roots: [try root().pem]))
        for length in 1..<whole.count {
            #expect(throws: BundleRefusal.unreadable("it is not the JSON that ca-tools writes")) {
                try OperatorBundle.decode(Array(whole[..<length]))
            }
        }
    }

    @Test func `refuses more than 64 KiB before it reads them`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "{"), count: OperatorBundle.limit + 1)
        #expect(throws: BundleRefusal.unreadable("it is larger than 64 KiB")) { try OperatorBundle.decode(bytes) }
    }

    @Test func `refuses another version, no root, too many roots and roots that are none`() throws {
        let owner = try Operator()
        let five = Array(repeating: owner.root, count: 5)
        let leaf = try Operator.edgeLeaf.minted(by: owner.edgeCA)
        for attempt in [
            { try bundle([owner.root]) { $0["version"] = 2 } }, { try bundle([]) }, { try bundle(five) },
            { try bundle([owner.edgeCA]) }, { try bundle([leaf]) },
            { try bundle([owner.root]) { $0["roots"] = ["nothing"] } },
            { try bundle([owner.root]) { $0["domain"] = "*.example.com" } },
            { try bundle([owner.root]) { $0["edges"] = ["tunnel.example.com"] } },
            { try bundle([owner.root]) { $0["edges"] = ["tunnel.example.com:0"] } },
            { try bundle([owner.root]) { $0["edges"] = ["tunnel.example.com:+443"] } },
            { try bundle([owner.root]) { $0["edge_crl"] = "nothing" } },
            { try bundle([owner.root]) { $0["device_issuers"] = ["nothing"] } },
        ] {
            #expect { _ = try attempt() } throws: { error in
                guard case BundleRefusal.unreadable = error else { return false }
                return true
            }
        }
    }

    @Test func `drops an expired root and keeps the other`() throws {
        let old = try root("Old") { $0.notAfter = Operator.now - 1 }
        let new = try root("New")
        let anchors = try bundle([old, new]).anchors(at: Operator.now)
        #expect(anchors.fingerprints == [Fingerprint.of(try new.der)])
    }

    @Test func `has expired when all its roots have`() throws {
        let end = Operator.now - 60
        let bundle = try bundle([try root { $0.notAfter = end }, try root { $0.notAfter = end - 60 }])
        #expect(throws: BundleRefusal.expired(end)) { try bundle.anchors(at: Operator.now) }
    }

    @Test func `is not valid before its roots are`() throws {
        let bundle = try bundle([try root { $0.notBefore = Operator.now + 60 }])
        #expect(throws: BundleRefusal.notYetValid) { try bundle.anchors(at: Operator.now) }
    }

    @Test func `is a sample when it says so, or when a root does`() throws {
        let marked = try bundle([try root()]) { $0["sample"] = true }
        let named = try bundle([try root("SAMPLE do not trust")])
        #expect(throws: BundleRefusal.sample) { try marked.anchors(at: Operator.now) }
        #expect(throws: BundleRefusal.sample) { try named.anchors(at: Operator.now) }
    }

    @Test func `is no sample for a domain that contains the word`() throws {
        #expect(try !bundle([try root("sample.example.com")]).isSample)
    }
}
