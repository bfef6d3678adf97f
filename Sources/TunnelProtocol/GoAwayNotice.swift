import FoundationEssentials

/// Why an edge ends a tunnel, as it stands in the debug data of its GOAWAY.
package struct GoAwayNotice: Codable, Sendable, Equatable {
    package enum Code: String, Codable, Sendable, CaseIterable {
        case deviceRevoked = "device_revoked"
        case deviceExpired = "device_expired"
        case deviceNotYetValid = "device_not_yet_valid"
        case deviceWrongPurpose = "device_wrong_purpose"
        case superseded
        case draining
        case overloaded
        case protocolError = "protocol_error"
        case controlTimeout = "control_timeout"

        /// Whether dialling again would bring the same answer.
        package var isPermanent: Bool {
            switch self {
            case .deviceRevoked, .deviceExpired, .deviceNotYetValid, .deviceWrongPurpose, .superseded: true
            case .draining, .overloaded, .protocolError, .controlTimeout: false
            }
        }
    }

    package var code: Code
    package var message: String
    package var retryAfterSeconds: Int?

    package init(_ code: Code, message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case code, message
        case retryAfterSeconds = "retry_after_seconds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(Code.self, forKey: .code)
        message = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .message)
        retryAfterSeconds = try container.decodeIfPresent(in: TunnelConstants.seconds, forKey: .retryAfterSeconds)
    }

    /// Reads the debug data of a GOAWAY; nil when it is not a notice of this protocol, or one of a later edge.
    package init?(debugData: some Sequence<UInt8>) {
        let data = Data(debugData)
        guard data.count <= TunnelConstants.debugDataBytes, data.first == UInt8(ascii: "{") else { return nil }
        do { self = try JSONDecoder().decode(GoAwayNotice.self, from: data) } catch { return nil }
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            return ""  // never: strings and integers always encode; without debug data the notice is a plain GOAWAY
        }
    }
}
