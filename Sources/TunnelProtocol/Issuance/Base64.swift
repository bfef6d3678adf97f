import FoundationEssentials

/// Bytes in JSON: base64 with padding (RFC 4648, 4), and nothing between its characters.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// - Returns: 1 to `limit` bytes; nil for anything else, which is not decoded when it is too long.
    static func bytes(_ text: String, atMost limit: Int) -> [UInt8]? {
        guard text.utf8.count <= (limit + 2) / 3 * 4, let data = Data(base64Encoded: text),
            (1...limit).contains(data.count)
        else { return nil }
        return Array(data)
    }
}

extension KeyedDecodingContainer {
    /// 1 to `limit` bytes in base64.
    func decodeBase64(atMost limit: Int, forKey key: Key) throws -> [UInt8] {
        guard let bytes = Base64.bytes(try decode(String.self, forKey: key), atMost: limit) else {
            throw outOfBounds(key)
        }
        return bytes
    }

    /// The certificates of a chain that is handed out, as DER that nobody has looked into yet.
    func decodeChain(forKey key: Key) throws -> [[UInt8]] {
        let texts = try decode([String].self, forKey: key)
        guard (1...TunnelConstants.chainCertificates).contains(texts.count) else { throw outOfBounds(key) }
        let chain = try texts.map { text in
            guard let bytes = Base64.bytes(text, atMost: TunnelConstants.chainBytes) else { throw outOfBounds(key) }
            return bytes
        }
        guard chain.reduce(0, { $0 + $1.count }) <= TunnelConstants.chainBytes else { throw outOfBounds(key) }
        return chain
    }
}
