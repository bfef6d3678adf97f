import COpenSSL

/// Why OpenSSL, or this room on its behalf, refused to do something.
package struct CryptographyError: Error, Equatable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Code: String, Sendable {
        case malformed, passphraseNeeded, wrongPassphrase, badSignature, unsupportedKey, invalidValue, untrusted,
            library
    }

    /// The kind of failure; what the caller switches over.
    package let code: Code
    /// What was being done, as words that follow "cannot".
    package let operation: String
    /// What the library said, or an empty string.
    package let reason: String

    /// A failure found by this room itself.
    package init(_ code: Code, _ operation: String, reason: String = "") {
        self.code = code
        self.operation = operation
        self.reason = reason
    }

    package var description: String {
        reason.isEmpty ? "cannot \(operation)" : "cannot \(operation): \(reason)"
    }

    /// A failure of the library, with everything in this thread's error queue, which is empty afterwards.
    static func last(_ operation: String, _ code: Code = .library) -> CryptographyError {
        var reasons: [String] = []
        while true {
            let error = ERR_get_error()
            guard error != 0 else { break }
            if let text = unsafe ERR_reason_error_string(error) {
                unsafe reasons.append(String(cString: text))
            } else {
                reasons.append("error \(String(error, radix: 16))")
            }
        }
        return CryptographyError(code, operation, reason: reasons.joined(separator: "; "))
    }
}

/// Throws unless a call that answers 1 for success did so.
func check(_ answer: Int32, _ operation: String) throws(CryptographyError) {
    guard answer == 1 else { throw .last(operation) }
}

/// Throws unless a call that answers with a new object did so.
func check<Pointer>(_ answer: Pointer?, _ operation: String) throws(CryptographyError) -> Pointer {
    guard let answer else { throw .last(operation) }
    return answer
}
