import NIOCore

/// The time after a start in which agents of an earlier edge may still be on their way to this one.
struct ReturnWindow {
    /// When the edge was started.
    var began = NIODeadline.now()
    let length: TimeAmount

    /// Whether it is not over yet.
    func isOpen(at now: NIODeadline) -> Bool { now - began < length }
}
