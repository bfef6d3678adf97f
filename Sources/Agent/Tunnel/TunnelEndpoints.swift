import HTTPFields
import NIOCore
import TunnelProtocol

/// The endpoints as one tunnel serves them: what its edge was asked, what it answered, and the origins behind.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
final class TunnelEndpoints {
    /// One endpoint in this tunnel.
    final class Served {
        fileprivate(set) var wanted: WantedEndpoint
        fileprivate(set) var listeners: EndpointListeners
        let ref: Int
        /// Nil for a TCP or UDP service, whose streams dial for themselves, and for what is served no more.
        fileprivate(set) var origin: (any Origin)?
        fileprivate(set) var registered: Registered?

        fileprivate init(_ wanted: WantedEndpoint, _ listeners: EndpointListeners, ref: Int, origin: (any Origin)?) {
            self.wanted = wanted
            self.listeners = listeners
            self.ref = ref
            self.origin = origin
        }

        /// Ends the requests that are under way.
        fileprivate func close() {
            origin?.close()
            origin = nil
        }

        /// Lets the requests that are under way finish.
        fileprivate func retire() {
            origin?.retire()
            origin = nil
        }
    }

    /// An object, because every request looks at it.
    private final class LastServing {
        private let authority: ByteBuffer
        let one: Served

        init(_ authority: ByteBufferView, _ one: Served) {
            self.authority = ByteBuffer(bytes: authority)
            self.one = one
        }

        func isNamed(_ name: ByteBufferView) -> Bool {
            let authority = authority
            return name.withBytes { FieldBytes.equal($0, authority.readableBytesSpan) }
        }
    }

    private let edge: String
    private let state: AgentState
    private let requests: EndpointServing
    private let makeOrigin: (Endpoint) -> (any Origin)?
    private let raw: RawServices
    private var served: [Served] = []
    /// Those with a name, by the edge's form of it.
    private var hosts: [String: Served] = [:] { didSet { lastServing = nil } }
    /// Who served the authority that came last: one name, spelt in one way, is most of what comes.
    private var lastServing: LastServing?
    private var lastRef = 0

    /// A port may be written with any number of zeros.
    private static let rememberedAuthority = 512

    init(
        edge: String,
        serving: EndpointServing,
        raw: RawServices,
        makeOrigin: @escaping (Endpoint) -> (any Origin)?
    ) {
        self.edge = edge
        state = serving.state
        requests = serving
        self.raw = raw
        self.makeOrigin = makeOrigin
    }

    /// Who serves an authority; nil for a host that is not ours.
    func serving(_ authority: ByteBufferView) -> (one: Served, origin: any Origin)? {
        if let last = lastServing, last.isNamed(authority) { return last.one.origin.map { (last.one, $0) } }
        guard let host = HostName(bytes: Array(authority)), let one = hosts[host.text] else { return nil }
        if authority.count <= Self.rememberedAuthority { lastServing = LastServing(authority, one) }
        return one.origin.map { (one, $0) }
    }

    /// Changes to the present list of what is to be served.
    ///
    /// - Returns: What the edge has to be told, and what is served already although it goes by another name here.
    func update() -> Update {
        let wanted = state.wanted
        var update = Update()
        let before = served
        served = []
        var known = Set(before.map(\.wanted.serial))
        for one in before {
            if let now = wanted.first(where: { $0.serial == one.wanted.serial }) {
                if now != one.wanted { swap(one, for: now) }
                served.append(one)
            } else if let heir = wanted.first(where: {
                !known.contains($0.serial) && $0.endpoint.asks(theSameAs: one.wanted.endpoint)
            }) {
                // What the edge was asked stays asked: to give it back would be to lose it.
                known.insert(heir.serial)
                swap(one, for: heir)
                served.append(one)
                if let registered = one.registered { update.inherited.append((heir, registered)) }
            } else {
                drop(one).map { update.messages.append($0) }
            }
        }
        for new in wanted where !known.contains(new.serial) && !state.isRefused(new.serial, by: edge) {
            lastRef += 1
            served.append(
                Served(new, requests.listeners(of: new.endpoint), ref: lastRef, origin: makeOrigin(new.endpoint))
            )
            update.messages.append(Self.register(new.endpoint, ref: lastRef))
        }
        return update
    }

    /// What follows from another list of endpoints.
    struct Update {
        var messages: [AgentMessage] = []
        var inherited: [(heir: WantedEndpoint, registered: Registered)] = []
    }

    /// What asks for an endpoint again; nil when it is not to be served any more.
    func registration(_ ref: Int) -> AgentMessage? { first(ref).map { Self.register($0.wanted.endpoint, ref: ref) } }

    /// The edge sends visitors of an endpoint from now on.
    ///
    /// - Returns: Which one, or that the name or port has to be given back, because nobody wants it any more.
    func registered(_ answer: Registered) -> Registration {
        guard let index = served.firstIndex(where: { $0.ref == answer.ref }) else {
            let isServed = served.contains { $0.registered?.binding == answer.binding }
            return isServed ? .nothing : .giveBack(.unregister(Unregister(binding: answer.binding)))
        }
        let one = served[index]
        if let other = served.first(where: { $0.ref != answer.ref && $0.registered?.binding == answer.binding }) {
            served.remove(at: index).close()
            return .rivals(one.wanted, with: other.wanted.endpoint)
        }
        one.registered = answer
        switch one.wanted.endpoint.kind {
        case .http: hosts[answer.host] = one
        case .tcp, .udp: raw.registered(answer.binding, for: one.wanted.endpoint)
        }
        return .serves(one.wanted)
    }

    /// What an answer of the edge means.
    enum Registration {
        case serves(WantedEndpoint)
        /// The edge gave it what another endpoint of this agent has already.
        case rivals(WantedEndpoint, with: Endpoint)
        case giveBack(AgentMessage)
        case nothing
    }

    /// The edge does not give what was asked.
    ///
    /// - Parameters:
    ///   - ref: What the answer is to.
    ///   - isPermanent: Whether it is given up in this tunnel.
    /// - Returns: Which endpoint it is about; nil when nobody wants it any more.
    func refused(_ ref: Int, isPermanent: Bool) -> WantedEndpoint? {
        guard let index = served.firstIndex(where: { $0.ref == ref }) else { return nil }
        let wanted = served[index].wanted
        if isPermanent { served.remove(at: index).close() }
        return wanted
    }

    /// The tunnel is over.
    func close() {
        for one in served { one.close() }
        served = []
        hosts = [:]
    }

    private func first(_ ref: Int) -> Served? { served.first { $0.ref == ref } }

    /// Stops serving; the requests that are under way finish.
    private func drop(_ one: Served) -> AgentMessage? {
        one.retire()
        guard let registered = one.registered else { return nil }
        if hosts[registered.host] === one { hosts[registered.host] = nil }
        raw.forget(registered.binding)
        return .unregister(Unregister(binding: registered.binding))
    }

    /// Serves the same name or port in another way.
    private func swap(_ one: Served, for wanted: WantedEndpoint) {
        one.retire()
        if let registered = one.registered, wanted.endpoint.kind != .http {
            raw.registered(registered.binding, for: wanted.endpoint)
        }
        one.wanted = wanted
        one.listeners = requests.listeners(of: wanted.endpoint)
        one.origin = makeOrigin(wanted.endpoint)
    }

    private static func register(_ endpoint: Endpoint, ref: Int) -> AgentMessage {
        .register(Register(ref: ref, kind: endpoint.kind.rawValue, host: endpoint.name, port: endpoint.port))
    }
}
