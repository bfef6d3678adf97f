/// The agent asks for a new certificate of its key.
package struct Renew: Codable, Sendable, Equatable {
    /// PKCS#10 in DER.
    package var request: [UInt8]

    package init(request: [UInt8]) { self.request = request }

    private enum CodingKeys: String, CodingKey { case request = "csr" }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        request = try container.decodeBase64(atMost: TunnelConstants.requestBytes, forKey: .request)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Base64.text(request), forKey: .request)
    }
}

/// The agent's new certificate.
package struct Renewed: Codable, Sendable, Equatable {
    /// DER, the leaf first, then its issuing CA.
    package var chain: [[UInt8]]

    package init(chain: [[UInt8]]) { self.chain = chain }

    private enum CodingKeys: CodingKey { case chain }

    package init(from decoder: any Decoder) throws {
        chain = try decoder.container(keyedBy: CodingKeys.self).decodeChain(forKey: .chain)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(chain.map(Base64.text), forKey: .chain)
    }
}

/// There is no new certificate; on the wire a `refused` without `ref`.
package struct RenewalRefused: Codable, Sendable, Equatable {
    package var code: IssuanceRefusal
    package var message: String
    package var retryAfterSeconds: Int?

    package init(_ code: IssuanceRefusal, retryAfterSeconds: Int? = nil) {
        self.code = code
        message = code.sentence
        self.retryAfterSeconds = retryAfterSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case code, message
        case retryAfterSeconds = "retry_after_seconds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(IssuanceRefusal.self, forKey: .code)
        message = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .message)
        retryAfterSeconds = try container.decodeIfPresent(in: TunnelConstants.seconds, forKey: .retryAfterSeconds)
    }
}
