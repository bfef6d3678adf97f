import FoundationEssentials

/// Exchanges as a HAR 1.2 document, which browsers and most tools for HTTP read.
package struct HTTPArchiveDocument: Sendable {
    private let version: String

    /// - Parameter version: Of the agent, which the document names as its creator.
    package init(version: String) { self.version = version }

    /// Writes the document piece by piece, so that no more than one exchange is encoded at a time.
    ///
    /// - Parameters:
    ///   - exchanges: Oldest first, with as many secrets as the document is to have.
    ///   - sink: Given each piece in turn.
    /// - Throws: What the sink throws.
    package func write(
        _ exchanges: some Sequence<ExchangeDetail>,
        to sink: ([UInt8]) async throws -> Void
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let creator = try encoder.encode(["name": "osm-agent", "version": version])
        try await sink(Array(#"{"log":{"version":"1.2","creator":"#.utf8) + creator + Array(#","entries":["#.utf8))
        var separator: [UInt8] = []
        for exchange in exchanges {
            try await sink(separator + [UInt8](try encoder.encode(HTTPArchive.Entry(exchange))))
            separator = [UInt8(ascii: ",")]
        }
        try await sink(Array("]}}".utf8))
    }

    /// The whole document at once.
    package func bytes(_ exchanges: some Sequence<ExchangeDetail>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await write(exchanges) { bytes += $0 }
        return bytes
    }
}
