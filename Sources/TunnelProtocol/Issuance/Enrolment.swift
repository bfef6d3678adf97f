import FoundationEssentials

/// What an agent sends to enrol its device (yellow paper, 17.2).
package struct EnrolmentRequest: Sendable, Equatable {
    package var token: EnrolmentToken
    /// PKCS#10 in DER.
    package var request: [UInt8]

    package init(token: EnrolmentToken, request: [UInt8]) {
        self.token = token
        self.request = request
    }
}

extension EnrolmentRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case token
        case request = "csr"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // The error of a decoder would carry the text along.
        guard let token = EnrolmentToken(try container.decode(String.self, forKey: .token)) else {
            throw container.outOfBounds(.token)
        }
        self.token = token
        request = try container.decodeBase64(atMost: TunnelConstants.requestBytes, forKey: .request)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(token.text, forKey: .token)
        try container.encode(Base64.text(request), forKey: .request)
    }
}

/// What an enrolled device gets (yellow paper, 17.3).
package struct EnrolmentAnswer: Sendable, Equatable {
    /// The UUID that the leaf names.
    package var device: String
    /// What the operator calls the device.
    package var name: String
    /// DER, the leaf first, then its issuing CA.
    package var chain: [[UInt8]]
    /// RFC 3339, for people; what counts stands in the leaf.
    package var notAfter: String

    package init(device: String, name: String, chain: [[UInt8]], notAfter: String) {
        self.device = device
        self.name = name
        self.chain = chain
        self.notAfter = notAfter
    }
}

extension EnrolmentAnswer: Codable {
    private enum CodingKeys: String, CodingKey {
        case device, name, chain
        case notAfter = "not_after"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        device = try container.decodeDevice(forKey: .device)
        name = try container.decodePrintable(atMost: TunnelConstants.softwareBytes, forKey: .name)
        chain = try container.decodeChain(forKey: .chain)
        notAfter = try container.decodePrintable(atMost: 64, forKey: .notAfter)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(device, forKey: .device)
        try container.encode(name, forKey: .name)
        try container.encode(chain.map(Base64.text), forKey: .chain)
        try container.encode(notAfter, forKey: .notAfter)
    }
}

/// What an edge asks its issuer when a device renews; the device is the one whose certificate the tunnel showed.
package struct RenewalRequest: Encodable, Sendable, Equatable {
    package var device: String
    /// PKCS#10 in DER.
    package var request: [UInt8]

    package init(device: String, request: [UInt8]) {
        self.device = device
        self.request = request
    }

    private enum CodingKeys: String, CodingKey {
        case device
        case request = "csr"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(device, forKey: .device)
        try container.encode(Base64.text(request), forKey: .request)
    }
}

/// A refusal as an HTTP answer (RFC 9457).
package struct IssuanceProblem: Codable, Sendable, Equatable {
    /// The media type of the document.
    package static let contentType = "application/problem+json"

    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    package var code: String

    package init(_ refusal: IssuanceRefusal, status: Int? = nil, detail: String? = nil) {
        type = "about:blank"
        self.status = status ?? refusal.status
        title = Self.title(of: self.status)
        self.detail = detail ?? refusal.sentence
        code = refusal.rawValue
    }

    /// The phrase of RFC 9110, which is what a problem without a type of its own is called.
    private static func title(of status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        default: "Service Unavailable"
        }
    }
}

/// Documents of enrolment as JSON.
package enum IssuanceJSON {
    private struct Code: Decodable { let code: String }

    /// The document, its members sorted.
    package static func bytes(_ document: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document))
    }

    /// Reads a document; nil when it is none of that kind, or out of bounds.
    package static func document<Document: Decodable>(
        _ type: Document.Type = Document.self,
        from bytes: some Sequence<UInt8>
    ) -> Document? {
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch { return nil }
    }

    /// What an answer other than 200 means.
    package static func refusal(status: Int, body: some Sequence<UInt8>) -> IssuanceRefusal {
        document(Code.self, from: body).flatMap { IssuanceRefusal(rawValue: $0.code) }
            ?? IssuanceRefusal(status: status)
    }
}
