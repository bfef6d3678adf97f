import NIOCore
import TunnelProtocol

/// Spreads agents that all come back at once: so many a second come in, each of the others is told its own second.
///
/// A handshake costs both ends about a millisecond of signatures, so a thousand agents whose edge was away for a moment
/// would keep it from serving anybody. Each refusal reserves the next free place at the same pace as places come free.
/// A value without a clock.
struct TunnelAdmission {
    enum Verdict: Equatable {
        case welcome
        /// Come back after so many seconds.
        case later(seconds: Int)
    }

    private var places: TokenBucket
    /// Those that have come of late: one that comes again and again takes nobody else's place.
    private var devices: [String: TokenBucket] = [:]
    /// When the last place that was promised will be free.
    private var promised = NIODeadline.uptimeNanoseconds(0)

    /// Nobody is sent away for longer; the crowd is told apart by then, or tries again.
    static let longestWait = TimeAmount.seconds(120)

    /// What one device may take: all its slots at once, then a tunnel every half second.
    private static let ofOneDevice = TokenBucket(perSecond: 2, burst: TunnelConstants.slots)
    private static let devicesRemembered = 4096

    /// - Parameters:
    ///   - perSecond: How many come in a second, at least 1.
    ///   - burst: How many may come at once after a quiet time.
    init(perSecond: Int, burst: Int) {
        places = TokenBucket(perSecond: perSecond, burst: burst)
    }

    mutating func admit(_ device: String, at now: NIODeadline) -> Verdict {
        if let wait = ownWait(of: device, at: now) { return .later(seconds: Self.seconds(wait)) }
        guard !places.take(at: now) else { return .welcome }
        promised = min(max(promised, now) + places.interval, now + Self.longestWait)
        return .later(seconds: Self.seconds(max(places.nextToken, promised) - now))
    }

    /// How long a device must wait because of itself; nil when it has not come too often.
    private mutating func ownWait(of device: String, at now: NIODeadline) -> TimeAmount? {
        if devices[device] == nil {
            if devices.count >= Self.devicesRemembered { devices = devices.filter { !$0.value.isFull(at: now) } }
            // As many as that at once are a crowd, which all of them together are spread for.
            guard devices.count < Self.devicesRemembered else { return nil }
        }
        var own = devices[device] ?? Self.ofOneDevice
        defer { devices[device] = own }
        return own.take(at: now) ? nil : own.nextToken - now
    }

    private static func seconds(_ wait: TimeAmount) -> Int { Int((wait.nanoseconds + 999_999_999) / 1_000_000_000) }
}
