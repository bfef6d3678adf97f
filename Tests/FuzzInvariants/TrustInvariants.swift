import FoundationEssentials
import Trust

/// What a file of an operator holds is read within its bounds or refused; nothing is trusted here.
enum TrustInvariants {
    static func operatorBundle(_ bytes: [UInt8]) throws {
        let bundle: OperatorBundle
        do { bundle = try OperatorBundle.decode(bytes) } catch { return }
        try require(bytes.count <= OperatorBundle.limit, "a bundle is too large")
        try require((1...TrustAnchors.limit).contains(bundle.rootSummaries.count), "too few or too many roots")
        try require(bundle.edges.count <= 16 && bundle.deviceIssuers.count <= 8, "too many edges or issuers")
        try require(bundle.edges.allSatisfy(endsInPort), "an edge's port is written in an odd way")
        try require(!bundle.domain.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "a domain holds what none does")
        do {
            _ = try bundle.anchors(at: Date(timeIntervalSince1970: 1_800_000_000))
            try require(!bundle.isSample, "a sample is trusted")
        } catch let refusal as BundleRefusal {
            try require(!refusal.problem.isEmpty && !refusal.nextStep.isEmpty, "a refusal says nothing")
        }
    }

    private static func endsInPort(_ address: String) -> Bool {
        let port = address.utf8.reversed().prefix { $0 != UInt8(ascii: ":") }
        return (1...5).contains(port.count) && port.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func certificates(_ bytes: [UInt8]) throws {
        let found: [[UInt8]]
        do { found = try PEM.certificates(String(decoding: bytes, as: UTF8.self)) } catch { return }
        try require(found.count <= PEM.certificateLimit, "too many certificates are read")
        // Base64 never grows; what cannot be UTF-8 has become three bytes for one.
        try require(found.reduce(0) { $0 + $1.count } <= 3 * bytes.count, "a text holds more than it has room for")
    }

    static func revocationList(_ bytes: [UInt8]) throws {
        do { _ = try RevocationList.lists(bytes) } catch {
            // A text that holds no readable lists may still hold one, or be one in DER.
        }
        let list: RevocationList
        do { list = try RevocationList(bytes) } catch { return }
        try require(list.mayReplace(list) || !list.isStep(backFrom: list), "a list is a step back from itself")
        _ = list.isStale(at: Date(timeIntervalSince1970: 1_800_000_000))
        _ = list.contains(serial: [1])
    }
}
