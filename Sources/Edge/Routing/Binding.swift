import NIOCore

/// A site, or a part of one, and the devices that serve it.
struct Binding: Equatable {
    let id: String
    let host: HostPattern
    let path: PathPrefix
    let devices: [String]
    /// Bound by the operator rather than registered by its device.
    let isFixed: Bool
    /// What stands for each device in a sticky cookie, in the order of `devices`; nil when visitors may be moved.
    let marks: [String]?
    /// When the name becomes free; nil while its device is connected or the binding is fixed.
    var leaseEnds: NIODeadline?

    func isFree(at now: NIODeadline) -> Bool {
        guard let leaseEnds else { return false }
        return leaseEnds <= now
    }

    /// The device that the first known one of these marks stands for, and the mark.
    func device(markedBy marks: [String]) -> (device: String, mark: String)? {
        guard let known = self.marks else { return nil }
        for mark in marks {
            if let index = known.firstIndex(of: mark) { return (devices[index], mark) }
        }
        return nil
    }

    /// What stands for a device in a sticky cookie; nil when the binding is not sticky.
    func mark(of device: String) -> String? {
        guard let marks, let index = devices.firstIndex(of: device) else { return nil }
        return marks[index]
    }
}

extension Binding {
    init(_ fixed: FixedBinding, key: StickyKey) {
        id = "fixed-\(fixed.host)\(fixed.path)"
        host = fixed.host
        path = fixed.path
        devices = fixed.devices
        isFixed = true
        marks = fixed.isSticky ? devices.map { key.mark(of: $0, at: fixed.host, fixed.path) } : nil
        leaseEnds = nil
    }
}
