import Agent
import FoundationEssentials

/// What the view of an agent shows, as far as it has been told.
struct ViewState: Sendable, Equatable {
    struct Tunnel: Sendable, Equatable {
        var status: TunnelStatus
        /// When it dials again, while it waits.
        var retriesAt: Date?
    }

    struct Request: Sendable, Equatable {
        /// When it had been answered.
        let time: Date
        let record: RequestRecord
    }

    /// How many requests have been seen, and how they ended.
    struct Counters: Sendable, Equatable {
        var all = 0
        /// By the first digit of the status; 0 for those without an answer.
        var byClass: [Int: Int] = [:]
        var received = 0
        var sent = 0
    }

    /// How many requests are remembered, which is more than a terminal shows.
    static let rememberedRequests = 64

    var version = AgentVersion.text
    /// Where requests can be looked at.
    var inspector: String?
    private(set) var certificateExpires: Date?
    private(set) var tunnels: [Tunnel] = []
    private(set) var endpoints: [EndpointStatus] = []
    /// The last ones, the newest last.
    private(set) var requests: [Request] = []
    private(set) var counters = Counters()
    /// How many requests are waited for before the agent ends.
    private(set) var leaving: Int?
    /// Nothing is served any more.
    private(set) var hasEnded = false

    /// Folds in what has happened.
    mutating func take(_ event: AgentEvent, at now: Date) {
        switch event {
        case .tunnel(let status): take(status, at: now)
        case .endpoint(let status): take(status)
        case .removed(let name): endpoints.removeAll { $0.name == name }
        case .request(let record): take(record, at: now)
        case .certificate(let status): certificateExpires = status.notAfter
        case .leaving(let requests): leaving = requests
        }
    }

    /// No event will come any more.
    mutating func end() { hasEnded = true }

    /// Takes how everything is now: what was so before the first event, and what no event tells.
    mutating func take(_ status: AgentStatus, at now: Date) {
        version = status.version
        certificateExpires = status.certificateExpires
        endpoints = status.endpoints
        for tunnel in status.tunnels { take(tunnel, at: now) }
    }

    private func index(of status: TunnelStatus) -> Int? {
        tunnels.firstIndex { $0.status.edge == status.edge && $0.status.slot == status.slot }
    }

    private mutating func take(_ status: TunnelStatus, at now: Date) {
        let pause = status.phase == .waiting ? status.retryInSeconds : nil
        let tunnel = Tunnel(status: status, retriesAt: pause.map { now.addingTimeInterval($0) })
        guard let index = index(of: status) else {
            tunnels.append(tunnel)
            tunnels.sort { ($0.status.edge, $0.status.slot) < ($1.status.edge, $1.status.slot) }
            return
        }
        // The same wait told twice does not begin anew.
        let goesOn = tunnels[index].status.phase == .waiting && tunnels[index].status.retryInSeconds == pause
        tunnels[index] = goesOn ? Tunnel(status: status, retriesAt: tunnels[index].retriesAt) : tunnel
    }

    private mutating func take(_ status: EndpointStatus) {
        if let index = endpoints.firstIndex(where: { $0.name == status.name }) {
            endpoints[index] = status
        } else {
            endpoints.append(status)
        }
    }

    private mutating func take(_ record: RequestRecord, at now: Date) {
        counters.all += 1
        counters.byClass[min(max(record.status / 100, 0), 9), default: 0] += 1
        counters.received &+= record.received
        counters.sent &+= record.sent
        if requests.count == Self.rememberedRequests { requests.removeFirst() }
        requests.append(Request(time: now, record: record))
    }
}
