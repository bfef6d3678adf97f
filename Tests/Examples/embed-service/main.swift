import Agent
import Logging
import ServiceLifecycle

/// Tells people what the tunnel is doing.
struct StatusLine: Service {
    let tunnel: Tunnel

    func run() async throws {
        for await state in tunnel.states {
            switch state {
            case .connecting: print("connecting")
            case .serving(let url): print("serving at", url)
            case .waiting(let problem, let retryIn): print("waiting:", problem, retryIn ?? "")
            case .refused(let error): print("refused:", error.problem, error.nextStep)
            case .closed: print("closed")
            }
        }
    }
}

/// Answers an upload with its size, and anything else with the numbers from 1 to 3, one at a time.
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

var configuration = TunnelConfiguration(
    identity: try AgentIdentity(folder: "identity"),
    operatorCA: try OperatorCA(file: "operator-ca.json")
)
configuration.drainTime = .seconds(10)
configuration.logger.logLevel = .warning
let tunnel = try Tunnel(as: "numbers", configuration, handler: answer)

let group = ServiceGroup(
    services: [StatusLine(tunnel: tunnel), tunnel],
    gracefulShutdownSignals: [.sigterm, .sigint],
    logger: configuration.logger
)
try await group.run()
