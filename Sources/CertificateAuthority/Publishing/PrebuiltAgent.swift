import Cryptography
package import FoundationEssentials
import Trust

/// An `osm-agent` that was built without an operator's CA, and the bundle that may stand behind its end by now.
package struct PrebuiltAgent: Sendable {
    /// Larger files are not read.
    static let limit = 1 << 28

    /// By this text an agent is known, and that it has room for a bundle.
    ///
    /// Put together at run time: this program must not be taken for an agent itself.
    static let slot = ["osm-agent", "operator-ca", "slot", "v1"].joined(separator: " ")

    /// The program as the compiler left it.
    let program: [UInt8]
    /// What is baked in; nil when nothing is, or what is there is damaged.
    let bundle: [UInt8]?
    let mode: UInt32

    /// Reads an executable and makes sure that it is one to bake into.
    package init(at path: String) throws {
        let bytes = try at(path) { try DurableFile.read(path, limit: Self.limit) }
        guard Self.isExecutable(bytes) else {
            throw Self.refusal(path, "is not an executable of Linux or macOS")
        }
        switch BundleTrailer.find(in: bytes) {
        case .nothing:
            (program, bundle) = (bytes, nil)
        case .bundle(let bundle):
            program = Array(bytes.dropLast(bundle.count + BundleTrailer.length))
            self.bundle = bundle
        case .damaged:
            throw Self.refusal(path, "carries a bundle that is damaged, and so may be the rest of it")
        }
        guard Data(program).firstRange(of: Data(Self.slot.utf8)) != nil else {
            throw Self.refusal(path, "is not an osm-agent, or one that has an operator's CA compiled in")
        }
        mode = (DurableFile.mode(path) ?? 0) & 0o777 | 0o100
    }

    private static func refusal(_ path: String, _ problem: String) -> AuthorityError {
        AuthorityError(
            .invalidInput,
            "\(path) \(problem)",
            next: "give an osm-agent as it was built without OSM_OPERATOR_CA"
        )
    }

    /// The program with a bundle behind its end.
    package func baked(with bundle: OperatorBundleFile) -> [UInt8] {
        program + BundleTrailer.appendix(for: bundle.bytes)
    }

    /// ELF, or Mach-O for one processor or several.
    private static func isExecutable(_ bytes: [UInt8]) -> Bool {
        let beginnings: [[UInt8]] = [
            [0x7f, 0x45, 0x4c, 0x46], [0xcf, 0xfa, 0xed, 0xfe], [0xca, 0xfe, 0xba, 0xbe],
        ]
        return beginnings.contains { bytes.starts(with: $0) }
    }
}

/// A bundle that agents will accept.
package struct OperatorBundleFile: Sendable, Equatable {
    let bytes: [UInt8]

    /// Reads the bundle of a CA's folder; one that an agent would refuse is refused here.
    package init(of folder: AuthorityFolder, now: Date = Date()) throws {
        try Authority.requireAuthority(folder)
        bytes = try folder.read(folder.bundle)
        do {
            _ = try OperatorBundle.decode(bytes).anchors(at: now)
        } catch {
            throw AuthorityError(
                .invalidInput,
                "\(folder.bundle) is a bundle that no agent would dial with: \(error)",
                next: error == .sample
                    ? "make a real CA with \"ca-tools init\"" : "run \"ca-tools verify\" and \"ca-tools crl\""
            )
        }
    }

    /// Whether another bundle says the same, whenever it was written.
    func saysTheSame(as other: [UInt8]) -> Bool {
        do {
            var (mine, theirs) = (
                try BundleDocument.read(bytes, path: ""), try BundleDocument.read(other, path: "")
            )
            mine.created = ""
            theirs.created = ""
            return mine == theirs
        } catch {
            return false
        }
    }
}

extension AuthorityFolder {
    /// Puts this CA's bundle into a prebuilt agent, in place of the one that it had.
    ///
    /// The result goes to `place` in one step, and whatever is there is replaced.
    package func bake(into agent: String, writing place: String) throws -> BakedAgent {
        let bundle = try OperatorBundleFile(of: self)
        let prebuilt = try PrebuiltAgent(at: agent)
        let bytes = prebuilt.baked(with: bundle)
        try at(place) { try DurableFile.replace(place, bytes, mode: prebuilt.mode) }
        return BakedAgent(
            path: place,
            rootSHA256: try rootFingerprint(),
            sha256: try at(place) { try Digest.sha256(bytes).hexadecimal }
        )
    }
}

/// An agent that was baked into.
package struct BakedAgent: Encodable, Equatable, Sendable {
    package let path: String
    /// The root that it trusts, as `osm-agent trust` shows it.
    package let rootSHA256: String
    package let sha256: String

    private enum CodingKeys: String, CodingKey {
        case path, sha256
        case rootSHA256 = "root_sha256"
    }
}
