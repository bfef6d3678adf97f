import HTTP2
import NIOCore

/// When a visitor must have done what it is waited for, and when to look whether it takes what waits for it: two times,
/// one deadline.
///
/// ## Concurrency
/// Belongs to the event loop of its connection.
struct VisitorTimes {
    private let deadline: RestartableDeadline
    /// When the visitor is late; nil while it owes nothing.
    private var awaited: NIODeadline?
    private var reader: ReaderWatch

    /// - Parameters:
    ///   - core: Whose limits hold, and whose deadlines it is one of.
    ///   - whenPassed: Told when to ask ``readerIsDue(at:)`` and ``isLate(at:)``. Let go of only with the times.
    init(core: EdgeCore, whenPassed: @escaping () -> Void) {
        deadline = RestartableDeadline(in: core.deadlines, whenPassed: whenPassed)
        reader = ReaderWatch(limit: core.configuration.border.readerDeadline)
    }

    // MARK: What the visitor is waited for

    /// Something is to be done in that time.
    mutating func expect(at time: NIODeadline) {
        awaited = time
        wait()
    }

    /// Nothing is waited for; the deadline may come in vain.
    mutating func rest() { awaited = nil }

    /// Whether the visitor is late; said once.
    mutating func isLate(at now: NIODeadline) -> Bool {
        guard let awaited, awaited <= now else { return false }
        self.awaited = nil
        return true
    }

    // MARK: Whether the visitor reads

    mutating func wrote(_ bytes: Int) { reader.wrote(bytes) }

    /// What was written was flushed.
    mutating func flushed(at now: @autoclosure () -> NIODeadline) {
        if reader.flushed(at: now()) { wait() }
    }

    /// Whether somebody must look at what waits for the visitor.
    func readerIsDue(at now: NIODeadline) -> Bool { reader.nextLook.map { $0 <= now } ?? false }

    mutating func looked(waiting: Int, at now: NIODeadline) -> ReaderWatch.Finding {
        reader.looked(waiting: waiting, at: now)
    }

    // MARK: Both

    /// Waits for whichever comes first.
    func wait() {
        switch (awaited, reader.nextLook) {
        case (let time?, let look?): deadline.restart(at: min(time, look))
        case (let time?, nil), (nil, let time?): deadline.restart(at: time)
        case (nil, nil): deadline.suspend()
        }
    }

    /// For the end.
    func cancel() { deadline.cancel() }
}
