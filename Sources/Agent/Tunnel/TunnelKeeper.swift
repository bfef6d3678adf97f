import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import TunnelProtocol

/// Keeps one tunnel to one edge: dials, serves until it ends, waits if need be, and dials again.
///
/// ## Concurrency
/// What it has belongs to its event loop; `run` decides outside.
final class TunnelKeeper: Sendable {
    let edge: EdgeTarget
    let seat: TunnelSeat
    let crew: TunnelCrew
    private let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let belongings: NIOLoopBoundBox<Belongings?>

    /// What belongs to the event loop.
    private struct Belongings {
        let tunnels: TunnelSet
        let pause: InterruptiblePause
    }

    /// An edge that drains sooner than this is dialled again after a pause: it might go on for ever.
    private static let shortestTunnel = TimeAmount.seconds(5)

    init(edge: EdgeTarget, slot: Int, crew: TunnelCrew) {
        self.edge = edge
        self.crew = crew
        seat = TunnelSeat(edge: edge.address.description, slot: slot)
        belongings = .makeEmptyBox(valueType: Belongings.self, eventLoop: eventLoop)
    }

    /// The list of what is to be served has changed.
    func endpointsChanged() {
        eventLoop.execute { [belongings] in belongings.value?.tunnels.forEach { $0.endpointsChanged() } }
    }

    /// Whatever was known about the way to the edge may be wrong now.
    func networkChanged() {
        eventLoop.execute { [belongings] in
            belongings.value?.tunnels.forEach { $0.mustAnswerSoon() }
            belongings.value?.pause.cutShort()
        }
    }

    /// Asks for the device's next certificate by the tunnel that visitors come by.
    ///
    /// - Returns: What came of it; nil when that tunnel is not up.
    func renew(_ request: [UInt8]) async -> RenewalOutcome? {
        let (eventLoop, belongings) = (eventLoop, belongings)
        let asked = eventLoop.flatSubmit { () -> EventLoopFuture<RenewalOutcome?> in
            var answer: EventLoopFuture<RenewalOutcome>?
            belongings.value?.tunnels.forEach { tunnel in answer = answer ?? tunnel.renew(request) }
            return answer?.map { .some($0) } ?? eventLoop.makeSucceededFuture(nil)
        }
        do { return try await asked.get() } catch { return .lost }
    }

    /// Keeps the tunnel until the task is cancelled, and then lets what is under way finish.
    ///
    /// - Parameter offer: Told how many tunnels the edge is worth.
    /// - Returns: Why dialling again would be of no use; nil after a cancellation.
    func run(_ offer: AsyncStream<TunnelCrew.Offer>.Continuation) async -> AgentExit? {
        let drainTime = TimeAmount(crew.configuration.drainTime)
        let eventLoop = eventLoop
        let belongings = belongings
        // The singleton group never shuts down, so its loops take every task.
        eventLoop.execute {
            belongings.value = Belongings(tunnels: TunnelSet(on: eventLoop), pause: InterruptiblePause(on: eventLoop))
        }
        let exit = await withTaskCancellationHandler {
            await dialAgainAndAgain(offer)
        } onCancel: {
            eventLoop.execute {
                belongings.value?.pause.close()
                _ = belongings.value?.tunnels.finish(within: drainTime)
            }
        }
        // After a refusal for good another instance serves, or nobody may: there is nothing to wait for.
        let rest = exit == nil ? drainTime : .zero
        let finished = eventLoop.flatSubmit {
            belongings.value?.tunnels.finish(within: rest) ?? eventLoop.makeSucceededVoidFuture()
        }
        await finished.settled()
        crew.state.update(seat) {
            $0.phase = .stopped
            $0.problem = exit?.description
            $0.connectedSince = nil
            $0.roundTripMilliseconds = nil
        }
        return exit
    }

    private func dialAgainAndAgain(_ offer: AsyncStream<TunnelCrew.Offer>.Continuation) async -> AgentExit? {
        var backoff = ReconnectBackoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            crew.state.update(seat) {
                $0.phase = .connecting
                $0.retryInSeconds = nil
            }
            let began = NIODeadline.now()
            let ending = await dial(offer)
            if Task.isCancelled { return nil }
            if let welcomedAt = ending.welcomedAt { backoff.connected(at: welcomedAt) }
            let problem: String
            let retryAfter: Duration?
            switch ending.outcome {
            case .stopped(let exit): return exit
            case .draining:
                if NIODeadline.now() - began >= Self.shortestTunnel {
                    crew.state.update(seat) { $0.reconnects += 1 }
                    continue
                }
                (problem, retryAfter) = ("the edge is shutting down", nil)
            case .ended(let what, let after): (problem, retryAfter) = (what, after)
            }
            let pause = backoff.pause(at: .now(), retryAfter: retryAfter, using: &generator)
            await wait(pause, isOurs: retryAfter == nil, because: problem)
        }
        return nil
    }

    /// One tunnel, from the first packet until something has to be done about it.
    private func dial(_ offer: AsyncStream<TunnelCrew.Offer>.Continuation) async -> TunnelEnding {
        let ending = eventLoop.makePromise(of: TunnelEnding.self)
        let hello = Hello(
            agent: crew.configuration.software,
            instance: crew.instance,
            epoch: crew.nextEpoch(),
            slot: seat.slot
        )
        let (eventLoop, belongings, crew, edge, seat) = (eventLoop, belongings, crew, edge, seat)
        eventLoop.execute {
            let tunnel = AgentTunnel(crew: crew, edge: edge, seat: seat, hello: hello, ending: ending) { loops in
                offer.yield(TunnelCrew.Offer(edge: edge, loops: loops))
            }
            belongings.value?.tunnels.insert(tunnel)
            TunnelDial(crew: crew, edge: edge).start(NIOLoopBound(tunnel, eventLoop: eventLoop), on: eventLoop)
        }
        do {
            return try await ending.futureResult.get()
        } catch {
            // The promise is always kept: by the tunnel's end, by its drain or by the failure to connect.
            return TunnelEnding(outcome: .ended(problem: "the tunnel is gone", retryAfter: nil), welcomedAt: nil)
        }
    }

    private func wait(_ pause: Duration, isOurs: Bool, because problem: String) async {
        crew.state.update(seat) {
            $0.phase = .waiting
            $0.problem = problem
            $0.retryInSeconds = (pause / .milliseconds(1)).rounded() / 1000
            $0.reconnects += 1
            $0.connectedSince = nil
            $0.roundTripMilliseconds = nil
        }
        crew.logger.notice(
            "tunnel lost",
            metadata: ["edge": "\(seat.edge)", "problem": "\(problem)", "retry_in": "\(pause)"]
        )
        let (eventLoop, belongings) = (eventLoop, belongings)
        let over = eventLoop.flatSubmit {
            belongings.value?.pause.begin(TimeAmount(pause), mayBeCutShort: isOurs)
                ?? eventLoop.makeSucceededVoidFuture()
        }
        await over.settled()
    }
}

extension EventLoopFuture<Void> {
    /// Waits for what cannot fail.
    func settled() async {
        do { try await get() } catch {}
    }
}
