import NIOCore
import TunnelProtocol

/// Which processes each device has had, newest last, also for some time after it has left.
///
/// Bounded: ``InstanceOrder`` bounds what is kept of one device, and of those that have left only the last ones are kept.
struct InstanceMemory {
    /// A device that left, until it may be forgotten.
    private struct Departure {
        let device: String
        let number: UInt64
        let until: NIODeadline
    }

    private let time: TimeAmount
    private let departedLimit: Int
    private var orders: [String: InstanceOrder] = [:]
    /// The number of the last departure of each device that has not come back.
    private var departed: [String: UInt64] = [:]
    /// In the order of time; those of devices that came back stay in it until their turn or the next clearing.
    private var queue = CircularBuffer<Departure>()
    private var departures: UInt64 = 0

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
        departures += 1
        departed[device] = departures
        queue.append(Departure(device: device, number: departures, until: now + time))
        while let first = queue.first, first.until <= now || departed.count > departedLimit {
            queue.removeFirst()
            guard isLast(first) else { continue }
            departed[first.device] = nil
            orders[first.device] = nil
        }
        // A device that comes and goes must not drive out those that stay away.
        if queue.count > 2 * departedLimit { queue = CircularBuffer(queue.filter(isLast)) }
    }

    private func isLast(_ departure: Departure) -> Bool { departed[departure.device] == departure.number }
}
