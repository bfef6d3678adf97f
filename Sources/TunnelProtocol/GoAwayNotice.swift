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

    /// Reads the debug data of a GOAWAY; nil when it is not a notice of this protocol.
    package init?(debugData: some Sequence<UInt8>) {
        do { self = try JSONDecoder().decode(GoAwayNotice.self, from: Data(debugData)) } catch { return nil }
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
