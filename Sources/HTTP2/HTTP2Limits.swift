package import NIOCore

/// What one end of a tunnel allows its peer, and what it asks for itself.
///
/// All sizes are bytes. The two presets differ because the roles differ: the edge is the HTTP/2 client of laptops that
/// it does not quite trust, the agent is the HTTP/2 server of an edge that it has pinned. Every visitor who presses
/// Stop becomes a RST_STREAM towards the agent, so a guard made for strangers would cut the tunnel for everybody.
package struct HTTP2Limits: Sendable, Equatable {
    /// The flow-control window a stream starts with (SETTINGS_INITIAL_WINDOW_SIZE).
    package var initialStreamWindow = 256 * 1024
    /// How far a stream's window may grow for a reader that drains.
    package var maximumStreamWindow = 16 * 1024 * 1024
    /// By how much the windows of all streams may have grown together, whoever reads them.
    package var windowGrowth = 16 * 1024 * 1024
    /// The flow-control window of the connection.
    package var connectionWindow = 16 * 1024 * 1024
    /// The largest frame that the peer may send (SETTINGS_MAX_FRAME_SIZE).
    package var frameSize = 16 * 1024
    /// How many streams the peer may have open (SETTINGS_MAX_CONCURRENT_STREAMS).
    package var concurrentStreams = 4096
    /// The size of a decoded field section, 32 bytes a field included (RFC 9113, 6.5.2).
    package var fieldSectionSize = 64 * 1024
    /// How many fields a section may have, cookies counted one by one.
    package var fieldCount = 128
    /// Interim responses a stream may carry before its final one.
    package var informationalResponses = 16
    /// Bytes that may wait in a stream's send queue before its source is told to stop.
    package var streamSendQueue = 128 * 1024
    /// Bytes that may wait in all send queues of the connection before every source is told to stop early.
    package var connectionSendQueue = 32 * 1024 * 1024
    /// Bytes received and not yet taken by their readers, over all streams of the connection.
    package var receiveBudget = 48 * 1024 * 1024
    /// RST_STREAM frames: how many at once, and how many more a second.
    package var resets = Allowance(burst: 1000, perSecond: 33)
    /// PING, SETTINGS, PRIORITY, GOAWAY and unknown frames.
    package var controlFrames = Allowance(burst: 1000, perSecond: 33)
    /// WINDOW_UPDATE frames beyond the ten that each DATA frame sent pays for.
    package var windowUpdates = Allowance(burst: 1000, perSecond: 100)
    /// Malformed frames and fields, and DATA frames without a byte: what no good peer sends.
    package var glitches = Allowance(burst: 200, perSecond: 7)

    /// How long the peer may take to read what is queued when the connection ends in order; nil closes over it, for whoever
    /// has TLS between, which waits by itself.
    package var farewell: TimeAmount?

    /// A token bucket: what may come at once, and what refills it.
    package struct Allowance: Sendable, Equatable {
        package var burst: Int
        package var perSecond: Int

        package init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    package init() {}

    /// The largest DATA frame that is sent to whoever takes larger ones: streams take turns by frames.
    static let largestFrameSent = 32 * 1024

    /// Unread bytes beyond which the peer gets no credit and the worst reader's stream ends: what lies in the
    /// connection's window may still come after that.
    var unreadMark: Int { receiveBudget - connectionWindow }

    /// For the edge: the peer is an agent, possibly with a stolen key.
    package static var towardsAgent: HTTP2Limits {
        var limits = HTTP2Limits()
        // Responses are what a tunnel carries most of: half the frames, half of what each of them costs.
        limits.frameSize = HTTP2Limits.largestFrameSent
        return limits
    }

    /// For the edge: the peer is a visitor, or a proxy that carries many of them.
    package static var towardsVisitor: HTTP2Limits {
        var limits = HTTP2Limits()
        limits.maximumStreamWindow = 4 * 1024 * 1024
        limits.windowGrowth = 4 * 1024 * 1024
        limits.connectionWindow = 4 * 1024 * 1024
        limits.receiveBudget = 16 * 1024 * 1024
        limits.connectionSendQueue = 8 * 1024 * 1024
        limits.concurrentStreams = 250
        limits.fieldSectionSize = 32 * 1024 + 100 * 32
        limits.fieldCount = 100
        limits.farewell = .seconds(60)
        return limits
    }

    /// For the agent: the peer is an edge whose certificate it has pinned.
    package static var towardsEdge: HTTP2Limits {
        var limits = HTTP2Limits()
        limits.resets = Allowance(burst: 100_000, perSecond: 10_000)
        limits.controlFrames = Allowance(burst: 10_000, perSecond: 1000)
        limits.windowUpdates = Allowance(burst: 100_000, perSecond: 10_000)
        limits.glitches = Allowance(burst: 10_000, perSecond: 330)
        return limits
    }
}
