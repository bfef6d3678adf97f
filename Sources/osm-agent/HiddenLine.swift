#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One line from standard input, which a terminal does not show while it is typed.
enum HiddenLine {
    /// Whether a person types at standard input.
    static var isAsked: Bool { isatty(STDIN_FILENO) == 1 }

    /// Reads up to the end of the line, which is not part of the answer.
    ///
    /// - Parameter limit: How long the answer may be.
    /// - Returns: Nil at the end of the input, and for a line that is longer.
    static func read(upTo limit: Int) -> [UInt8]? {
        guard isAsked else { return line(upTo: limit) }
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        // Ctrl-C must not leave a terminal behind that shows nothing: it ends the question as a key and not as a signal.
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        guard let answer = line(upTo: limit), !answer.contains(interrupt) else { return nil }
        return answer
    }

    private static let interrupt: UInt8 = 3

    /// Byte by byte, so that nothing behind the line is taken from whoever reads on.
    private static func line(upTo limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            var byte: UInt8 = 0
            #if canImport(Darwin)
            let count = unsafe Darwin.read(STDIN_FILENO, &byte, 1)
            #else
            let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? nil : bytes }
            guard byte != UInt8(ascii: "\n") else { return bytes }
            bytes.append(byte)
        }
        return nil
    }
}
