import AdminHTTP
import CoreMetrics
import Logging
import NIOCore

/// How full one event loop's share of the edge is, and what it does about it.
///
/// ## Concurrency
/// Belongs to the event loop of its core.
final class EdgeOverload {
    var limiter: VisitorLimiter
    private var ceiling: MemoryCeiling
    private var gates: [AcceptGate] = []
    private var explanations = 0
    private var explainedRefusals: Int
    private let system: ProcessMemory
    private let metrics: EdgeMetrics
    private let logger: Logger

    init(
        limits: BorderLimits,
        visitorLimit: Int,
        system: ProcessMemory = .system,
        metrics: EdgeMetrics,
        logger: Logger
    ) {
        let budget = DescriptorBudget(
            limit: system.descriptors(),
            reserved: limits.reservedDescriptors,
            wanted: visitorLimit,
            refusals: limits.explainedRefusals
        )
        limiter = VisitorLimiter(perAddress: limits.connectionsPerAddress, total: budget.visitors)
        ceiling = MemoryCeiling(limits: limits.memoryLimits(available: system.available()))
        explainedRefusals = budget.refusals
        self.system = system
        self.metrics = metrics
        self.logger = logger
    }

    /// Whether a new request is to be answered with ``EdgeFailure/overloaded``.
    var shedsRequests: Bool { ceiling.level != .normal }

    /// Takes other limits; who is inside stays, and memory is held against the new marks when it is next measured.
    func adopt(_ limits: BorderLimits, visitorLimit: Int) {
        let budget = DescriptorBudget(
            limit: system.descriptors(),
            reserved: limits.reservedDescriptors,
            wanted: visitorLimit,
            refusals: limits.explainedRefusals
        )
        limiter.adopt(perAddress: limits.connectionsPerAddress, total: budget.visitors)
        ceiling.limits = limits.memoryLimits(available: system.available())
        explainedRefusals = budget.refusals
    }

    // MARK: Memory

    /// Takes in how many bytes are resident; the level that follows.
    @discardableResult
    func measured(_ resident: Int) -> MemoryCeiling.Level {
        metrics.residentBytes.record(resident)
        let before = ceiling.level
        let level = ceiling.measured(resident)
        guard level != before else { return level }
        logger.warning("memory level changed", metadata: ["memory": "\(level)", "resident": "\(resident)"])
        for gate in gates { gate.hold(level == .closed) }
        return level
    }

    /// Makes a gate for a listener of visitors, which closes when memory does; forgotten with ``forget(_:)``.
    func visitorGate() -> AcceptGate {
        let gate = gate("visitor")
        gate.hold(ceiling.level == .closed)
        gates.append(gate)
        return gate
    }

    /// A listener is closed for good.
    func forget(_ gate: AcceptGate) { gates.removeAll { $0 === gate } }

    /// Makes a gate for a listener of agents, which only waits for descriptors.
    func tunnelGate() -> AcceptGate { gate("tunnel") }

    private func gate(_ listener: String) -> AcceptGate {
        AcceptGate { [metrics, logger] in
            metrics.acceptPaused(listener)
            logger.error("out of descriptors, accepting pauses", metadata: ["listener": "\(listener)"])
        }
    }

    // MARK: Refusals

    /// Whether a refusal may be explained; to be ended with ``explanationEnded()``.
    func beginExplanation() -> Bool {
        guard explanations < explainedRefusals else { return false }
        explanations += 1
        return true
    }

    func explanationEnded() { explanations -= 1 }
}
