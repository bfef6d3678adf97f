import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import TunnelProtocol

/// Asks every HTTP endpoint by its public name again and again: it is healthy when the request comes round.
struct SelfProbe: Sendable {
    let state: AgentState
    let probes: OutstandingProbes
    let context: NIOSSLContext
    let logger: Logger

    /// Between two probes that came round.
    private static let interval = Duration.seconds(30)
    /// After one that did not.
    private static let intervalAfterFailure = Duration.seconds(5)
    private static let deadline = TimeAmount.seconds(10)
    /// How often is looked which endpoints are due.
    private static let look = Duration.milliseconds(500)
    /// Probes under way at one time.
    private static let atOnce = 4

    /// Probes until the task is cancelled.
    func run() async {
        let clock = ContinuousClock()
        var due: [Int: ContinuousClock.Instant] = [:]
        while !Task.isCancelled {
            let now = clock.now
            let serving = state.servingHTTP
            due = due.filter { serving[$0.key] != nil }
            let next = serving.filter { due[$0.key].map { $0 <= now } ?? true }
            for result in await probe(Array(next.prefix(Self.atOnce))) {
                due[result.serial] = clock.now + (result.isGood ? Self.interval : Self.intervalAfterFailure)
            }
            do { try await Task.sleep(for: Self.look) } catch { return }
        }
    }

    private struct Result: Sendable {
        let serial: Int
        let isGood: Bool
    }

    private func probe(_ endpoints: [(key: Int, value: EndpointStatus)]) async -> [Result] {
        await withTaskGroup(of: Result.self) { group in
            for (serial, status) in endpoints {
                group.addTask { Result(serial: serial, isGood: await probe(status, serial)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// - Returns: Whether the request came round.
    private func probe(_ status: EndpointStatus, _ serial: Int) async -> Bool {
        let began = NIODeadline.now()
        var result = ProbeStatus(at: .now, ok: true)
        do throws(ProbeFailure) {
            try await ask(status.url ?? "")
            result.roundTripMilliseconds = Double((NIODeadline.now() - began).nanoseconds) / 1_000_000
        } catch {
            result.ok = false
            result.problem = error.sentence
        }
        if Task.isCancelled { return true }
        if let problem = result.problem, status.probe?.problem != problem {
            logger.warning("probe failed", metadata: ["endpoint": "\(status.name)", "problem": "\(problem)"])
        } else if result.ok, status.probe?.ok == false {
            logger.notice("probe came round again", metadata: ["endpoint": "\(status.name)"])
        }
        state.probed(result, serial: serial)
        return result.ok
    }

    private func ask(_ url: String) async throws(ProbeFailure) {
        guard let address = PublicAddress(url) else { throw .notAnAddress }
        let path = probes.begin()
        let status: Int
        do {
            let request = PublicRequest(address: address, path: path, context: context, deadline: Self.deadline)
            status = try await request.status(on: MultiThreadedEventLoopGroup.singleton.next())
        } catch {
            _ = probes.end(path)
            throw error
        }
        guard probes.end(path) else { throw .elsewhere(status: status) }
        guard status == 200 else { throw .changed(status: status) }
    }
}
