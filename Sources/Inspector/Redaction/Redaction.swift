import HTTPFields

/// Whether secrets are taken out of what is shown.
///
/// What is recognised: fields, parameters of targets and forms, members of JSON and parts of multipart bodies whose name
/// says so. A secret in a path, in prose, or in what cannot be uncompressed here or is no text is shown.
package enum Redaction: Sendable, Equatable {
    case secrets
    case nothing

    /// Stands for a secret of any length.
    package static let mark = "[redacted]"
    static let markBytes = Array(mark.utf8)

    /// A field's value; of cookies and credentials, what is no secret stays.
    func value(_ value: [UInt8], ofField name: some Sequence<UInt8>) -> RedactedBytes {
        var redacted = RedactedBytes(value)
        if self == .secrets { Self.redact(&redacted, value, name.map(\.lowercasedASCII)) }
        redacted.finish()
        return redacted
    }

    /// A target, or any address with a query or fragment.
    func target(_ target: [UInt8]) -> RedactedBytes {
        var redacted = RedactedBytes(target)
        if self == .secrets { Self.redactParameters(&redacted, target) }
        redacted.finish()
        return redacted
    }

    /// A body, or the payload of a message, that is not compressed.
    ///
    /// - Parameters:
    ///   - body: Its bytes, or the beginning of them.
    ///   - contentType: The value of the field, in any case.
    /// - Returns: What is shown, and what is hidden.
    func body(_ body: [UInt8], contentType: String) -> RedactedBytes {
        var redacted = RedactedBytes(body)
        if self == .secrets {
            let type = contentType.lowercased()
            if type.hasPrefix("application/x-www-form-urlencoded") {
                ParameterScan.redact(&redacted, body, from: 0, hasFragment: false)
            } else if type.hasPrefix("multipart/") {
                MultipartScan.redact(&redacted, body)
            } else {
                MemberScan.redact(&redacted, body)
            }
        }
        redacted.finish()
        return redacted
    }

    private static func redact(_ redacted: inout RedactedBytes, _ value: [UInt8], _ name: [UInt8]) {
        switch String(decoding: name, as: UTF8.self) {
        case "cookie": CookieScan.redact(&redacted, value, onlyFirst: false)
        case "set-cookie": CookieScan.redact(&redacted, value, onlyFirst: true)
        case "authorization", "proxy-authorization": redacted.remove(credentials(value)..<value.count)
        case _ where SecretName.matches(name): redacted.remove(0..<value.count)
        default:
            redactParameters(&redacted, value)
        }
    }

    private static func redactParameters(_ redacted: inout RedactedBytes, _ address: [UInt8]) {
        guard let mark = address.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            return
        }
        ParameterScan.redact(&redacted, address, from: mark + 1, hasFragment: true)
    }

    /// Where the credentials begin, after the name of a scheme that is known.
    private static func credentials(_ value: [UInt8]) -> Int {
        guard let space = value.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        let scheme = String(decoding: value[..<space].map(\.lowercasedASCII), as: UTF8.self)
        let known = ["basic", "bearer", "digest", "dpop", "hoba", "mutual", "negotiate", "ntlm", "aws4-hmac-sha256"]
        return known.contains(scheme) ? space + 1 : 0
    }
}
