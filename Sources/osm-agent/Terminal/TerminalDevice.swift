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

    /// What each signal did before, by its number; written before the signal can come, read when it has.
    private nonisolated(unsafe) static let before: UnsafeMutablePointer<sigaction> = {
        let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        unsafe actions.initialize(repeating: sigaction(), count: 65)
        return unsafe actions
    }()

    /// Whether our handler stands where the signal comes, by its number.
    private nonisolated(unsafe) static let isCaught: UnsafeMutablePointer<Bool> = {
        let marks = UnsafeMutablePointer<Bool>.allocate(capacity: 65)
        unsafe marks.initialize(repeating: false, count: 65)
        return unsafe marks
    }()

    /// Shows the cursor when the signal comes, which then does what it did before; signals that are ignored stay so.
    ///
    /// On a terminal, Swift's runtime has handlers of its own for crashes.
    private static func catchOnce(_ signal: Int32) {
        var present = sigaction()
        guard unsafe sigaction(signal, nil, &present) == 0, !isIgnored(present) else { return }
        // Ours may stand there still, when the process was stopped and continued by somebody else.
        guard unsafe !isCaught[Int(signal)] else { return }
        unsafe before[Int(signal)] = present
        unsafe isCaught[Int(signal)] = true
        var action = sigaction()
        let handler: @convention(c) (Int32) -> Void = { signal in
            TerminalDevice.writeCursor()
            unsafe TerminalDevice.isCaught[Int(signal)] = false
            unsafe sigaction(signal, TerminalDevice.before + Int(signal), nil)
            // It is held back until this handler has returned.
            raise(signal)
        }
        #if canImport(Darwin)
        unsafe action.__sigaction_u.__sa_handler = handler
        #else
        unsafe action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = SA_RESTART | SA_ONSTACK
        unsafe sigaction(signal, &action, nil)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
        let handler = unsafe action.__sigaction_u.__sa_handler
        #else
        let handler = unsafe action.__sigaction_handler.sa_handler
        #endif
        return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func writeCursor() {
        _ = unsafe write(STDERR_FILENO, showCursor.utf8Start, showCursor.utf8CodeUnitCount)
    }
}
