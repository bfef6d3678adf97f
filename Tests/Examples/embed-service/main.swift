import Agent
import Logging
import ServiceLifecycle

/// Answers an upload with its size, and anything else with the numbers from 1 to 3, piece by piece.
@Sendable func answer(_ request: VisitorRequest) async throws -> VisitorResponse {
    guard request.method != "POST" else {
        var size = 0
        for try await piece in request.body { size += piece.count }
        return .text("\(size) bytes\n")
    }
    let (lines, source) = AsyncStream.makeStream(of: [UInt8].self)
    for number in 1...3 { source.yield(Array("\(number)\n".utf8)) }
    source.finish()
    return VisitorResponse(headers: ["content-type": "text/plain"], body: .stream(lines))
}

/// Serves until the program is told to end, and tells people what the tunnel is doing.
func serve(_ tunnel: Tunnel, _ logger: Logger) async throws {
    let group = ServiceGroup(services: [tunnel], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    async let running: Void = group.run()
    for await state in tunnel.states {
        switch state {
        case .connecting: print("connecting")
        case .serving(let url): print("serving at", url)
        case .waiting(let problem, _): print("waiting:", problem)
        case .refused(let error): print("refused:", error.problem, error.nextStep)
        case .closed: print("closed")
        }
    }
    try await running
}

var configuration = TunnelConfiguration(
    identity: try AgentIdentity(folder: "identity"),
    operatorCA: try OperatorCA(file: "operator-ca.json")
)
configuration.drainTime = .seconds(10)
configuration.logger.logLevel = .warning
try await serve(Tunnel(as: "numbers", configuration, handler: answer), configuration.logger)
