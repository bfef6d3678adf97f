import NIOCore
import TunnelProtocol

/// Which processes each device has had, newest last, also for some time after it has left.
///
/// Bounded: ``InstanceOrder`` bounds what is kept of one device, and of those that have left only the last ones are kept.
struct InstanceMemory {
    private let time: TimeAmount
    private let departedLimit: Int
    private var orders: [String: InstanceOrder] = [:]
    /// When a device that has left may be forgotten.
    private var departed: [String: NIODeadline] = [:]
    /// The same in the order of time; a device that came back is still in it, and is passed over.
    private var queue = CircularBuffer<(device: String, until: NIODeadline)>()

    init(time: TimeAmount = TimeAmount(TunnelConstants.leaseTime), departedLimit: Int = 10_000) {
        self.time = time
        self.departedLimit = departedLimit
    }

    var devices: Int { orders.count }

    func order(of device: String) -> InstanceOrder { orders[device] ?? InstanceOrder() }

    /// A process of a device has been let in.
    mutating func met(_ instance: String, of device: String) {
        departed[device] = nil
        orders[device, default: InstanceOrder()].met(instance)
    }

    /// The last tunnel of a device is gone.
    mutating func left(_ device: String, at now: NIODeadline) {
        guard orders[device] != nil else { return }
        let until = now + time
        departed[device] = until
        queue.append((device, until))
        while let first = queue.first, first.until <= now || queue.count > departedLimit {
            queue.removeFirst()
            guard departed[first.device] == first.until else { continue }
            departed[first.device] = nil
            orders[first.device] = nil
        }
    }
}
