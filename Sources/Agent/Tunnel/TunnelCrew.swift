import FoundationEssentials
import Logging
import Synchronization
import TunnelProtocol

/// All tunnels of an agent: one to each loop of each edge.
///
/// ## Concurrency
/// The lock owns the list of keepers, which only grows while the agent runs and is empty afterwards.
final class TunnelCrew: Sendable {
    let configuration: AgentConfiguration
    let credentials: PresentCredentials
    let state: AgentState
    let logger: Logger
    let serving: EndpointServing
    let probes = OutstandingProbes()
    /// Sixteen hexadecimal digits, new for each process.
    let instance = RandomDigits.hexadecimal(16)

    private struct Content {
        var keepers: [TunnelKeeper] = []
        var lastEpoch: UInt64 = 0
    }
    private let content = Mutex(Content())

    /// An edge is worth so many tunnels.
    struct Offer: Sendable {
        let edge: EdgeTarget
        let loops: Int
    }

    private enum Happening: Sendable {
        case offered(Offer)
        case ended(AgentExit?)
        case nothingMore
    }

    init(configuration: AgentConfiguration, credentials: PresentCredentials, state: AgentState, logger: Logger) {
        self.configuration = configuration
        self.credentials = credentials
        self.state = state
        self.logger = logger
        serving = EndpointServing(
            state: state,
            observer: configuration.observer,
            headDeadline: configuration.headDeadline
        )
    }

    /// Holds the tunnels until the task is cancelled and what was under way has finished.
    ///
    /// - Throws: ``AgentExit`` when no edge will have this agent.
    func run() async throws {
        // Each keeper keeps the crew: a program that embeds agents would have them all, with their keys, for ever.
        defer { content.withLock { $0.keepers = [] } }
        let (offers, offer) = AsyncStream.makeStream(of: Offer.self, bufferingPolicy: .bufferingNewest(64))
        try await withThrowingTaskGroup(of: Happening.self) { group in
            var held: [EdgeAddress: Int] = [:]
            var running = 0
            var firstExit: AgentExit?
            func hold(_ edge: EdgeTarget, upTo loops: Int) {
                for slot in held[edge.address, default: 0]..<max(loops, held[edge.address, default: 0]) {
                    let keeper = TunnelKeeper(edge: edge, slot: slot, crew: self)
                    content.withLock { $0.keepers.append(keeper) }
                    running += 1
                    group.addTask { .ended(await keeper.run(offer)) }
                }
                held[edge.address] = max(loops, held[edge.address, default: 0])
            }
            for edge in configuration.edges { hold(edge, upTo: 1) }
            group.addTask { await Self.next(of: offers) }
            while running > 0, let happening = try await group.next() {
                switch happening {
                case .offered(let offered):
                    if !Task.isCancelled { hold(offered.edge, upTo: min(offered.loops, TunnelConstants.slots)) }
                    group.addTask { await Self.next(of: offers) }
                case .ended(let exit):
                    running -= 1
                    firstExit = firstExit ?? exit
                    guard let exit else { continue }
                    logger.error("edge given up", metadata: ["problem": "\(exit)"])
                    // Another process serves with this device's key: two copies must not chase each other.
                    if exit.code == AgentExit.supersededCode { group.cancelAll() }
                case .nothingMore: break
                }
            }
            offer.finish()
            group.cancelAll()
            if let firstExit { throw firstExit }
        }
    }

    private static func next(of offers: AsyncStream<Offer>) async -> Happening {
        for await offer in offers { return .offered(offer) }
        return .nothingMore
    }

    func eachKeeper(_ body: (TunnelKeeper) -> Void) {
        for keeper in content.withLock({ $0.keepers }) { body(keeper) }
    }

    /// Asks for the device's next certificate by one tunnel after the other until one takes the question.
    ///
    /// - Parameters:
    ///   - request: PKCS#10 in DER.
    ///   - turn: At which to begin, so that one edge that fails is not asked again and again.
    /// - Returns: What came of it; nil when no tunnel is up.
    func renew(_ request: [UInt8], turn: Int) async -> RenewalOutcome? {
        let keepers = content.withLock { $0.keepers }
        for index in keepers.indices {
            if let outcome = await keepers[(turn + index) % keepers.count].renew(request) { return outcome }
        }
        return nil
    }

    /// The present time in milliseconds, and always more than before.
    func nextEpoch() -> UInt64 {
        content.withLock { content in
            content.lastEpoch = max(content.lastEpoch + 1, UInt64(max(0, Date.now.timeIntervalSince1970 * 1000)))
            return content.lastEpoch
        }
    }
}
