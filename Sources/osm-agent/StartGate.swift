import ServiceLifecycle

/// Holds a service back until something else is settled.
struct StartGate: Sendable {
    private let opened: AsyncStream<Void>
    private let opener: AsyncStream<Void>.Continuation

    init() { (opened, opener) = AsyncStream.makeStream(of: Void.self) }

    func open() { opener.finish() }

    /// Returns when the gate is open, or the process is to end.
    func wait() async {
        await cancelWhenGracefulShutdown { for await _ in opened {} }
    }
}

/// A service that begins behind a gate.
struct GatedService: Service {
    let gate: StartGate
    let service: any Service

    func run() async throws {
        await gate.wait()
        try await service.run()
    }
}
