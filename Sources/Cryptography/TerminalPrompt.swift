import COpenSSL
import Glibc

/// Asks at the controlling terminal, with the echo off.
package enum TerminalPrompt {
    /// How often somebody may type two answers that differ.
    private static let attempts = 3

    /// Whether there is a terminal to ask at.
    package static var isPossible: Bool {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// The answer as bytes, or nil without a terminal and for a person who gave up.
    ///
    /// With `twice` the answer must be typed the same way twice, for which there are three attempts.
    package static func secret(_ question: String, twice: Bool) -> SecretBytes? {
        guard isPossible else { return nil }
        var answer = [CChar](repeating: 0, count: 1024)
        defer { unsafe OPENSSL_cleanse(&answer, answer.count) }
        for _ in 0..<attempts {
            let outcome = unsafe EVP_read_pw_string(&answer, Int32(answer.count), question, twice ? 1 : 0)
            ERR_clear_error()
            if outcome == 0 { return SecretBytes(answer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }) }
            guard twice, outcome == -1 else { return nil }  // -2: interrupted
        }
        return nil
    }
}
