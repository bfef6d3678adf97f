import COpenSSL
import Glibc

/// Asks at the controlling terminal, with the echo off.
package enum TerminalPrompt {
    /// The answer as bytes; nil when there is no terminal or the person gave up.
    ///
    /// With `twice` the answer is asked for again until both agree.
    package static func secret(_ question: String, twice: Bool) -> SecretBytes? {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        close(terminal)
        var answer = [CChar](repeating: 0, count: 1024)
        defer { unsafe OPENSSL_cleanse(&answer, answer.count) }
        let failed = unsafe EVP_read_pw_string(&answer, Int32(answer.count), question, twice ? 1 : 0) != 0
        ERR_clear_error()
        guard !failed else { return nil }
        return SecretBytes(answer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }
}
