import Agent
import Logging
import TunnelProtocol

/// Everything that this agent is to serve, whoever asked for it.
///
/// ## Concurrency
/// An actor: one change after another. What is served is replaced within the change, before the next one.
actor EndpointDesk {
    /// Endpoints of one agent, those that are not enabled included.
    static let limit = 256

    private struct Entry {
        /// A name may be given up and taken again while somebody waits; this is never used twice.
        let id: Int
        /// As it was asked for.
        var spec: EndpointSpec
        /// As it is served; with a public name where the spec leaves that to the agent.
        let endpoint: Endpoint
        let source: EndpointListing.Source
    }

    private var entries: [Entry] = []
    private var lastID = 0
    private let state: AgentState
    private let serve: @Sendable ([Endpoint]) -> Void
    private let remember: @Sendable (EndpointChange) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - state: Where the answers of the edges are seen.
    ///   - logger: For the operator.
    ///   - serve: Gets everything that is to be served, after each change.
    ///   - remember: Told of changes that should come back with the next start.
    init(
        state: AgentState,
        logger: Logger,
        serve: @escaping @Sendable ([Endpoint]) -> Void,
        remember: @escaping @Sendable (EndpointChange) async -> Void = { _ in }
    ) {
        self.state = state
        self.logger = logger
        self.serve = serve
        self.remember = remember
    }

    // MARK: What there is

    var listings: [EndpointListing] {
        let statuses = Dictionary(state.current.endpoints.map { ($0.name, $0) }) { first, _ in first }
        return entries.map { entry in
            EndpointListing(
                name: entry.spec.name,
                source: entry.source,
                enabled: entry.spec.enabled,
                spec: entry.spec,
                status: entry.spec.enabled ? statuses[entry.spec.name] : nil
            )
        }
    }

    /// One of them.
    func listing(_ name: String) throws(APIProblem) -> EndpointListing {
        guard let listing = listings.first(where: { $0.name == name }) else { throw Self.unknown(name) }
        return listing
    }

    /// Takes the endpoints of one source, in place of those it had from there.
    func replace(_ specs: [EndpointSpec], from source: EndpointListing.Source) { replace([source: specs]) }

    /// Takes the endpoints of several sources at once; of two that are rivals, the one that stands first.
    ///
    /// One that cannot be served, or whose name or address another source has, is left out, and the log says so.
    func replace(_ groups: KeyValuePairs<EndpointListing.Source, [EndpointSpec]>) {
        let before = entries.filter { entry in groups.contains { $0.key == entry.source } }
        entries.removeAll { entry in groups.contains { $0.key == entry.source } }
        for (source, specs) in groups {
            for spec in specs {
                let old = before.first { $0.source == source && $0.spec.name == spec.name }
                do throws(APIProblem) {
                    try insert(spec, from: source, inPlaceOf: old, keepingNamesOf: before)
                } catch {
                    logger.warning(
                        "endpoint left out",
                        metadata: ["endpoint": "\(spec.name)", "problem": "\(error.exit)"]
                    )
                }
            }
        }
        for gone in before where !entries.contains(where: { $0.id == gone.id }) { note("endpoint removed", gone) }
        apply()
    }

    // MARK: Changes from outside

    /// Whether the endpoint could be taken now.
    func check(_ spec: EndpointSpec) throws(APIProblem) { _ = try checked(spec) }

    /// Serves a new endpoint and waits for what an edge says to it, until the deadline.
    ///
    /// - Returns: The endpoint as it is then; it may still wait for an edge.
    /// - Throws: ``APIProblem``, also when the edge refuses; then the endpoint is gone again.
    func add(_ spec: EndpointSpec, within deadline: Duration) async throws(APIProblem) -> EndpointStatus {
        let events = state.subscribe()
        let id = try insert(spec, from: .added)
        apply()
        // Before anything is waited for: a reload in between takes what is remembered.
        await remember(.added(spec))
        if spec.enabled, await Self.settled(spec.name, events, within: deadline)?.state == .refused {
            let refusal = problem(ofRefused: spec.name)
            drop(id)
            await remember(.removed(name: spec.name))
            throw refusal
        }
        guard entries.contains(where: { $0.id == id }) else { throw Self.unknown(spec.name) }
        return status(of: spec)
    }

    /// Serves an endpoint for as long as somebody is attached; `detach` ends it.
    func attach(_ spec: EndpointSpec) throws(APIProblem) -> Int {
        var spec = spec
        spec.enabled = true
        let id = try insert(spec, from: .attached)
        apply()
        return id
    }

    /// Serves an attached endpoint no more; does nothing when it is gone already.
    func detach(_ id: Int) { drop(id) }

    /// Serves an endpoint no more, and forgets it.
    func remove(_ name: String) async throws(APIProblem) {
        let entry = try entry(name)
        guard entry.source != .file else {
            throw APIProblem(
                .standsInFile,
                "The endpoint '\(name)' stands in a configuration file.",
                "Take it out of the file, or only stop it: osm-agent stop \(name)"
            )
        }
        drop(entry.id)
        await remember(.removed(name: name))
    }

    /// Starts or stops an endpoint; one that lasts only as long as its command goes with being stopped.
    func setEnabled(_ isEnabled: Bool, _ name: String) async throws(APIProblem) {
        let entry = try entry(name)
        switch entry.source {
        case .command, .attached:
            if !isEnabled { drop(entry.id) }
        case .file, .added:
            guard entry.spec.enabled != isEnabled, let index = entries.firstIndex(where: { $0.id == entry.id }) else {
                return
            }
            entries[index].spec.enabled = isEnabled
            note(isEnabled ? "endpoint started" : "endpoint stopped", entries[index])
            apply()
            await remember(.enabled(isEnabled, name: name))
        }
    }

    /// What an edge has said when it refused an endpoint for good.
    func problem(ofRefused name: String) -> APIProblem {
        APIProblem(
            refused: state.refusal(of: name)
                ?? AgentExit(
                    code: 1,
                    problem: "The edge refused the endpoint '\(name)'.",
                    nextStep: "Its log says why: osm-agent logs"
                )
        )
    }

    // MARK: Inside

    private func entry(_ name: String) throws(APIProblem) -> Entry {
        guard let entry = entries.first(where: { $0.spec.name == name }) else { throw Self.unknown(name) }
        return entry
    }

    private static func unknown(_ name: String) -> APIProblem {
        APIProblem(.unknownEndpoint, "This agent has no endpoint '\(name)'.", "See what it has: osm-agent list")
    }

    /// - Parameters:
    ///   - spec: What is asked for.
    ///   - source: Who asks.
    ///   - old: What it replaces, if anything; its public name stays where it can.
    ///   - before: What was there until now, whose public names nobody else takes.
    /// - Returns: What to drop it by.
    /// - Throws: ``APIProblem`` when it cannot be served; then nothing has changed.
    @discardableResult
    private func insert(
        _ spec: EndpointSpec,
        from source: EndpointListing.Source,
        inPlaceOf old: Entry? = nil,
        keepingNamesOf before: [Entry] = []
    ) throws(APIProblem) -> Int {
        let endpoint = try checked(spec, inPlaceOf: old, keepingNamesOf: before)
        if old == nil { lastID += 1 }
        let entry = Entry(id: old?.id ?? lastID, spec: spec, endpoint: endpoint, source: source)
        entries.append(entry)
        if old == nil { note("endpoint added", entry) } else if old?.spec != spec { note("endpoint changed", entry) }
        return entry.id
    }

    private func checked(
        _ spec: EndpointSpec,
        inPlaceOf old: Entry? = nil,
        keepingNamesOf before: [Entry] = []
    ) throws(APIProblem) -> Endpoint {
        guard entries.count < Self.limit else {
            throw APIProblem(
                .tooManyEndpoints,
                "The agent has \(Self.limit) endpoints, as many as it takes.",
                "Remove one that is not needed, or start another agent with an identity and a socket of its own."
            )
        }
        for other in entries {
            if let conflict = spec.conflict(with: other.spec, servedAs: other.endpoint.name) { throw conflict }
        }
        var named = spec
        named.hostname = hostname(for: spec, inPlaceOf: old, besides: entries + before.filter { $0.id != old?.id })
        do throws(EndpointProblem) {
            return try named.endpoint()
        } catch {
            throw APIProblem(error)
        }
    }

    /// The public name to ask for: an edge chooses one for a device, so that all others need one of their own.
    private func hostname(for spec: EndpointSpec, inPlaceOf old: Entry?, besides others: [Entry]) -> String? {
        guard spec.hostname == nil, spec.kind == BindingKind.http.rawValue else { return spec.hostname }
        let taken = others.filter { $0.endpoint.kind == .http }.map(\.endpoint.name)
        if let old, old.spec.hostname == nil, old.endpoint.kind == .http, !taken.contains(old.endpoint.name) {
            return old.endpoint.name
        }
        guard taken.contains(nil) else { return nil }
        return DerivedName(device: state.current.device).name(for: spec.name, besides: taken)
    }

    private func drop(_ id: Int) {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
        note("endpoint removed", entries.remove(at: index))
        apply()
    }

    private func note(_ message: Logger.Message, _ entry: Entry) {
        logger.info(
            message,
            metadata: [
                "endpoint": "\(entry.spec.name)",
                "source": "\(entry.source.rawValue)",
                "target": "\(entry.spec.target)",
            ]
        )
    }

    private func apply() { serve(entries.filter(\.spec.enabled).map(\.endpoint)) }

    private func status(of spec: EndpointSpec) -> EndpointStatus {
        state.current.endpoints.first { $0.name == spec.name }
            ?? EndpointStatus(name: spec.name, kind: spec.kind, target: spec.target)
    }

    /// How the endpoint is once an edge has answered; nil when none has in time.
    private static func settled(
        _ name: String,
        _ events: AsyncStream<AgentEvent>,
        within deadline: Duration
    ) async -> EndpointStatus? {
        await withTaskGroup(of: EndpointStatus?.self) { group in
            group.addTask {
                for await case .endpoint(let status) in events where status.name == name && status.state != .waiting {
                    return status
                }
                return nil
            }
            group.addTask {
                do { try await Task.sleep(for: deadline) } catch { return nil }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
