// What the lock of the state holds.
extension AgentState {
    struct Content {
        var status: AgentStatus
        var wanted: [WantedEndpoint] = []
        var lastSerial = 0
        /// Which tunnels serve an endpoint, by its serial number.
        var serving: [Int: Set<ObjectIdentifier>] = [:]
        /// What an edge has refused for good: it is not asked again for the same.
        var refusals: [Refusal: AgentExit] = [:]
        var subscribers: [Int: Subscriber] = [:]
        var lastSubscriber = 0
        var hasEnded = false
    }

    struct Subscriber {
        let news: AgentNews
        let events: AgentEventQueue
    }

    struct Refusal: Hashable {
        let edge: String
        let serial: Int
    }
}

extension AgentState.Content {
    func publish(_ event: AgentEvent) {
        for subscriber in subscribers.values where subscriber.news.include(event) { subscriber.events.add(event) }
    }

    mutating func updateEndpoint(_ serial: Int, _ change: (inout EndpointStatus) -> Void) {
        guard let index = wanted.firstIndex(where: { $0.serial == serial }) else { return }
        let before = status.endpoints[index]
        change(&status.endpoints[index])
        if status.endpoints[index] != before { publish(.endpoint(status.endpoints[index])) }
    }

    /// What all tunnels together amount to.
    mutating func weighTunnels() {
        let phases = Set(status.tunnels.map(\.phase))
        if phases.contains(.connected) {
            status.phase = .connected
        } else if phases.contains(.connecting) || phases.contains(.draining) {
            status.phase = .connecting
        } else {
            status.phase = phases == [.stopped] ? .stopped : .waiting
        }
        let problem = status.tunnels.lazy.compactMap(\.problem).first
        status.problem = status.phase == .connected ? nil : problem
    }
}
