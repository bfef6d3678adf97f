import FoundationEssentials
import Synchronization
import TunnelProtocol

/// What an agent is to serve and how far it has come, readable and observable from any thread.
///
/// ## Concurrency
/// One lock owns everything but a count, which is atomic. Events are put into the queues of the subscribers under it, so
/// that each subscriber hears of the changes in the order in which they were made.
package final class AgentState: Sendable {
    private let content: Mutex<Content>
    /// How many subscribers want to hear of requests: asked for each one, and so outside the lock.
    private let requestReaders = Atomic(0)
    /// HTTP endpoints whose service is not known to answer: while there is none, an answer is no news.
    private let unsettledOrigins = Atomic(0)

    package init(_ initial: AgentStatus) { content = Mutex(Content(status: initial)) }

    package var current: AgentStatus { content.withLock { $0.status } }

    /// What happens from now on.
    ///
    /// - Parameters:
    ///   - news: What the subscriber wants to hear of.
    ///   - limit: How many events wait for who does not take them; beyond, the oldest are dropped.
    ///   - pause: How long it is left alone after it was told something.
    /// - Returns: The events, which end when the agent has ended.
    package func subscribe(
        to news: AgentNews = .everything,
        queueing limit: Int = AgentEventQueue.limit,
        pause: Duration = .zero
    ) -> AgentEvents {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let queue = AgentEventQueue(limit: limit, wake: wake)
        let events = AgentEvents(queue: queue, wakes: wakes, pause: pause)
        let id = content.withLock { content -> Int? in
            guard !content.hasEnded else { return nil }
            content.lastSubscriber += 1
            content.subscribers[content.lastSubscriber] = Subscriber(news: news, events: queue)
            return content.lastSubscriber
        }
        guard let id else {
            wake.finish()
            return events
        }
        if news == .everything { requestReaders.add(1, ordering: .relaxed) }
        wake.onTermination = { [weak self] _ in self?.unsubscribe(id, from: news) }
        return events
    }

    private func unsubscribe(_ id: Int, from news: AgentNews) {
        content.withLock { _ = $0.subscribers.removeValue(forKey: id) }
        if news == .everything { requestReaders.subtract(1, ordering: .relaxed) }
    }

    /// Whether anybody wants to hear of requests; when not, there is no need to say what came of one.
    var hasRequestReaders: Bool { requestReaders.load(ordering: .relaxed) > 0 }

    // MARK: What is to be served

    var wanted: [WantedEndpoint] { content.withLock { $0.wanted } }

    /// Takes a new list of what is to be served; what has not changed keeps its state.
    func replace(_ endpoints: [Endpoint]) {
        content.withLock { content in
            let before = Dictionary(content.wanted.map { ($0.endpoint.label, $0) }) { first, _ in first }
            let statuses = Dictionary(content.status.endpoints.map { ($0.name, $0) }) { first, _ in first }
            content.wanted = endpoints.map { endpoint in
                if let old = before[endpoint.label], old.endpoint.asks(theSameAs: endpoint) {
                    return WantedEndpoint(endpoint: endpoint, serial: old.serial)
                }
                content.lastSerial += 1
                return WantedEndpoint(endpoint: endpoint, serial: content.lastSerial)
            }
            let serials = Set(content.wanted.map(\.serial))
            content.serving = content.serving.filter { serials.contains($0.key) }
            content.refusals = content.refusals.filter { serials.contains($0.key.serial) }
            content.status.endpoints = content.wanted.map { wanted in
                let kept = before[wanted.endpoint.label]?.serial == wanted.serial
                var status = kept ? statuses[wanted.endpoint.label] : nil
                if before[wanted.endpoint.label]?.endpoint.target != wanted.endpoint.target {
                    status?.target = wanted.endpoint.description
                    status?.origin = OriginStatus()
                }
                return status ?? EndpointStatus(wanted.endpoint)
            }
            weighOrigins(content)
            for status in content.status.endpoints where statuses[status.name] != status {
                content.publish(.endpoint(status))
            }
            let names = Set(endpoints.map(\.label))
            for name in statuses.keys.sorted() where !names.contains(name) { content.publish(.removed(name: name)) }
        }
    }

    /// The HTTP endpoints that an edge sends visitors to, by their serial numbers.
    var servingHTTP: [Int: EndpointStatus] {
        content.withLock { content in
            let both = zip(content.wanted, content.status.endpoints)
            let serving = both.lazy.filter { $0.endpoint.kind == .http && $1.state == .serving }
            return Dictionary(uniqueKeysWithValues: serving.map { ($0.serial, $1) })
        }
    }

    // MARK: Tunnels

    /// Changes how one tunnel is seen.
    func update(_ seat: TunnelSeat, _ change: (inout TunnelStatus) -> Void) {
        content.withLock { content in
            let index: Int
            if let known = content.status.tunnels.firstIndex(where: { $0.edge == seat.edge && $0.slot == seat.slot }) {
                index = known
            } else {
                index = content.status.tunnels.endIndex
                content.status.tunnels.append(TunnelStatus(edge: seat.edge, slot: seat.slot))
            }
            let before = content.status.tunnels[index]
            change(&content.status.tunnels[index])
            guard content.status.tunnels[index] != before else { return }
            content.weighTunnels()
            // The round trip is measured again and again; nobody waits for it.
            guard !content.status.tunnels[index].differs(onlyInRoundTripFrom: before) else { return }
            content.publish(.tunnel(content.status.tunnels[index]))
        }
    }

    /// No tunnel is held any more.
    func stopped() {
        let subscribers = content.withLock { content in
            content.status.phase = .stopped
            content.hasEnded = true
            defer { content.subscribers = [:] }
            return content.subscribers
        }
        // The end of a subscription takes it from the list, which needs the lock.
        for subscriber in subscribers.values { subscriber.events.finish() }
    }

    // MARK: Endpoints

    /// An edge sends visitors of an endpoint into a tunnel.
    func registered(_ registered: Registered, serial: Int, in tunnel: AnyObject) {
        let tunnel = ObjectIdentifier(tunnel)
        content.withLock { content in
            content.serving[serial, default: []].insert(tunnel)
            content.updateEndpoint(serial) {
                $0.state = .serving
                $0.problem = nil
                $0.host = registered.host
                $0.url = registered.url
                $0.port = registered.port
                $0.mode = registered.mode
            }
        }
    }

    /// An edge does not serve an endpoint, for now or for good.
    ///
    /// - Returns: Whether anything is left that may be asked of that edge.
    func refused(_ exit: AgentExit, isPermanent: Bool, serial: Int, by edge: String) -> Bool {
        content.withLock { content in
            if isPermanent { content.refusals[Refusal(edge: edge, serial: serial)] = exit }
            let isServed = content.serving[serial]?.isEmpty == false
            content.updateEndpoint(serial) {
                guard !isServed else { return }
                $0.state = isPermanent ? .refused : .waiting
                $0.problem = exit.description
            }
            return content.wanted.contains { content.refusals[Refusal(edge: edge, serial: $0.serial)] == nil }
        }
    }

    /// Why nothing is left to be asked of an edge; nil as long as something is.
    func exitWhenAllIsRefused(by edge: String) -> AgentExit? {
        content.withLock { content in
            let exits = content.wanted.map { content.refusals[Refusal(edge: edge, serial: $0.serial)] }
            return exits.contains(nil) ? nil : exits.first ?? nil
        }
    }

    /// Whether that edge has refused the endpoint for good.
    func isRefused(_ serial: Int, by edge: String) -> Bool {
        content.withLock { $0.refusals[Refusal(edge: edge, serial: serial)] != nil }
    }

    /// What an edge said when it refused the endpoint of that name for good; nil when none did.
    package func refusal(of name: String) -> AgentExit? {
        content.withLock { content in
            guard let serial = content.wanted.first(where: { $0.endpoint.label == name })?.serial else { return nil }
            return content.refusals.first { $0.key.serial == serial }?.value
        }
    }

    /// No visitors come through a tunnel any more.
    func tunnelEnded(_ tunnel: AnyObject) {
        let tunnel = ObjectIdentifier(tunnel)
        content.withLock { content in
            for serial in content.serving.keys.sorted() {
                guard content.serving[serial]?.remove(tunnel) != nil else { continue }
                if content.serving[serial]?.isEmpty == true { content.updateEndpoint(serial) { $0.state = .waiting } }
            }
        }
    }

    /// What came of a request to an endpoint by its public name.
    func probed(_ probe: ProbeStatus, serial: Int) {
        content.withLock { content in content.updateEndpoint(serial) { $0.probe = probe } }
    }

    /// A local service has answered a request, or it has not.
    ///
    /// - Parameters:
    ///   - problem: Why it has not; nil when it has.
    ///   - endpoint: Whose service; nothing happens when the endpoint has another target by now.
    func originHeard(_ problem: String?, of endpoint: Endpoint) {
        if problem == nil, endpoint.kind == .http, unsettledOrigins.load(ordering: .relaxed) == 0 { return }
        content.withLock { content in
            let isMeant = { (wanted: WantedEndpoint) in
                wanted.endpoint.label == endpoint.label && wanted.endpoint.target == endpoint.target
            }
            guard let index = content.wanted.firstIndex(where: isMeant) else { return }
            let state = problem == nil ? OriginStatus.State.ok : .failing
            let before = content.status.endpoints[index].origin
            guard before?.state != state || before?.problem != problem else { return }
            content.updateEndpoint(content.wanted[index].serial) {
                $0.origin = OriginStatus(state: state, problem: problem, since: .now)
            }
            weighOrigins(content)
        }
    }

    private func weighOrigins(_ content: borrowing Content) {
        let count = zip(content.wanted, content.status.endpoints).count { wanted, status in
            wanted.endpoint.kind == .http && status.origin?.state != .ok
        }
        unsettledOrigins.store(count, ordering: .relaxed)
    }

    /// The device has another certificate, or it should have one and has not.
    func certificate(_ certificate: CertificateStatus) {
        content.withLock { content in
            let before = CertificateStatus(
                notAfter: content.status.certificateExpires,
                problem: content.status.certificateProblem
            )
            guard before != certificate else { return }
            content.status.certificateExpires = certificate.notAfter
            content.status.certificateProblem = certificate.problem
            content.publish(.certificate(certificate))
        }
    }

    /// Tells whoever watches of something that changes no state.
    func publish(_ event: AgentEvent) { content.withLock { $0.publish(event) } }
}

extension TunnelStatus {
    fileprivate func differs(onlyInRoundTripFrom other: TunnelStatus) -> Bool {
        var other = other
        other.roundTripMilliseconds = roundTripMilliseconds
        return self == other
    }
}
