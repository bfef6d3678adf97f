import FoundationEssentials

/// What agents and edges are given: whom to trust and where to dial.
///
/// Nothing in it is secret.
package struct BundleDocument: Codable, Equatable, Sendable {
    package var version = 1
    package var domain: String
    /// `HOST:PORT` of each edge, in the order in which agents try them.
    package var edges: [String]
    package var created: String
    package var sample: Bool
    /// PEM; two while a rotation is under way.
    package var roots: [String]
    /// PEM of the CAs whose leaves edges accept.
    package var deviceIssuers: [String]
    /// PEM lists of revoked edges; absent while none is.
    package var edgeCRL: String?

    private enum CodingKeys: String, CodingKey {
        case version, domain, edges, created, sample, roots
        case deviceIssuers = "device_issuers"
        case edgeCRL = "edge_crl"
    }

    /// The file's content, easy to read and to compare.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads a bundle that this room wrote.
    package static func read(_ bytes: [UInt8], path: String) throws -> BundleDocument {
        do {
            return try JSONDecoder().decode(BundleDocument.self, from: Data(bytes))
        } catch is DecodingError {
            throw AuthorityError(
                .unreadable,
                "\(path) is not an operator bundle",
                next: "restore it from a backup; \"ca-tools verify\" tells what else is damaged"
            )
        }
    }
}
