import FoundationEssentials
package import Logging
import NIOSSL
import ServiceLifecycle
import Trust

/// An agent: keeps tunnels to its edges, whatever happens to them, and serves its endpoints through all of them.
///
/// ## Concurrency
/// What it serves may be replaced from any thread while it runs. Each tunnel belongs to the event loop of its keeper.
package struct AgentService: Service {
    package let state: AgentState
    private let configuration: AgentConfiguration
    private let logger: Logger
    let crew: TunnelCrew
    /// Nil when nobody would keep what came of it.
    private let renewal: CredentialRenewal?
    /// Nil when nobody wants to know whether a byte comes round.
    private let probe: SelfProbe?

    /// Checks what an edge would say to this device before anything is dialled.
    ///
    /// - Parameters:
    ///   - configuration: Whom to dial and what to serve.
    ///   - pid: This process, as `status` shows it.
    ///   - logger: Where events go.
    /// - Throws: ``AgentExit``.
    package init(configuration: AgentConfiguration, pid: Int32, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        do throws(PeerRefusal) {
            try configuration.credentials.check(against: configuration.anchors, at: .now)
        } catch {
            throw AgentExit(own: error)
        }
        let credentials = configuration.credentials
        let present = try PresentCredentials(credentials)
        state = AgentState(
            AgentStatus(
                version: configuration.software,
                pid: pid,
                device: credentials.identity.id,
                certificateExpires: credentials.identity.notAfter,
                started: .now,
                phase: .connecting,
                tunnels: [],
                endpoints: []
            )
        )
        state.replace(configuration.endpoints)
        let crew = TunnelCrew(configuration: configuration, credentials: present, state: state, logger: logger)
        self.crew = crew
        renewal = configuration.keepCredentials.map { CredentialRenewal(crew: crew, keep: $0) }
        guard configuration.probes else {
            probe = nil
            return
        }
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots =
            try configuration.probeTrust
            .map { .certificates(try NIOSSLCertificate.fromPEMBytes($0)) } ?? TrustStore.roots()
        do {
            let context = try NIOSSLContext(configuration: trust)
            probe = SelfProbe(state: state, probes: crew.probes, context: context, logger: logger)
        } catch {
            // A tunnel needs no certificates of the system; only the probe of a public name does.
            logger.warning("no probes: the system's CA certificates cannot be read", metadata: ["error": "\(error)"])
            probe = nil
        }
    }

    /// Serves these endpoints from now on and no others; what has not changed is not touched.
    package func replace(endpoints: [Endpoint]) {
        state.replace(endpoints)
        crew.eachKeeper { $0.endpointsChanged() }
    }

    /// The network is not what it was: tunnels that do not answer soon are given up, and nobody waits to dial.
    func networkChanged() { crew.eachKeeper { $0.networkChanged() } }

    /// Runs until it is told to stop.
    ///
    /// - Throws: ``AgentExit`` when dialling again would be of no use.
    package func run() async throws {
        defer { state.stopped() }
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                if let probe { group.addTask { await probe.run() } }
                if let renewal { group.addTask { await renewal.run() } }
                group.addTask { await watchNetwork() }
                // Probe and watch have no end of their own: the agent ends when its tunnels have.
                defer { group.cancelAll() }
                try await crew.run()
            }
        }
    }

    private func watchNetwork() async {
        await configuration.network.run { change in
            logger.notice("network changed", metadata: ["change": "\(change)"])
            networkChanged()
        }
    }
}
