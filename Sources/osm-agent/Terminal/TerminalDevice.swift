import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The terminal behind standard error, as the system knows it.
enum TerminalDevice {
    /// How many columns and rows it has; nil when it does not say.
    static func size() -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether this process is the one that the terminal's keys go to; others do not draw on it.
    static var isForeground: Bool { tcgetpgrp(STDERR_FILENO) == getpgrp() }

    /// How far the clock on the wall is ahead of UTC at a time.
    static func secondsFromUTC(at time: Date) -> Int {
        var second = time_t(time.timeIntervalSince1970)
        var parts = unsafe tm()
        guard unsafe localtime_r(&second, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }

    /// The bytes that show the cursor, where even a signal handler can take them from.
    private static let showCursor: StaticString = "\u{1B}[?25h"

    /// What ends or stops a process without asking it.
    ///
    /// Those that ask (SIGINT, SIGTERM, SIGHUP) end the view first.
    private static let deaths = [SIGQUIT, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGTSTP]

    /// From now on the cursor is shown again however this process ends, or is stopped; SIGKILL excepted.
    static func keepCursorSafe() {
        _ = atexit { TerminalDevice.writeCursor() }
        for signal in deaths { catchOnce(signal) }
    }

    /// To be called when the process goes on after it was stopped: it may be stopped again.
    static func keepCursorSafeAgain() { catchOnce(SIGTSTP) }

    /// Shows the cursor when the signal comes, which then does what it does by default; signals that are ignored stay so.
    private static func catchOnce(_ signal: Int32) {
        var before = sigaction()
        guard unsafe sigaction(signal, nil, &before) == 0, isDefault(before) else { return }
        var action = sigaction()
        let handler: @convention(c) (Int32) -> Void = { signal in
            TerminalDevice.writeCursor()
            // It is held back until the handler has returned, and finds the default action then.
            raise(signal)
        }
        #if canImport(Darwin)
        unsafe action.__sigaction_u.__sa_handler = handler
        #else
        unsafe action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
        unsafe sigaction(signal, &action, nil)
    }

    private static func isDefault(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
        unsafe action.__sigaction_u.__sa_handler == nil
        #else
        unsafe action.__sigaction_handler.sa_handler == nil
        #endif
    }

    private static func writeCursor() {
        _ = unsafe write(STDERR_FILENO, showCursor.utf8Start, showCursor.utf8CodeUnitCount)
    }
}
