import Inspector
import Logging
import Testing

/// Where the inspector listens.
@Suite(.timeLimit(.minutes(1)))
struct PortTests {
    @Test func `takes the next port when the first is taken`() async throws {
        try await RunningInspector.run { first in
            try await RunningInspector.run(ports: first.port...min(first.port + 200, 65_535)) { second in
                #expect(second.port > first.port)
                try await second.expect(200, "GET", "/api/exchanges")
                try await first.expect(421, "GET", "/", ["host: \(second.host)"])
            }
        }
    }

    @Test func `lets the agent live when no port is free`() async throws {
        try await RunningInspector.run { first in
            let server = InspectorServer(
                log: first.log,
                ports: first.port...first.port,
                replay: { _ in },
                status: { "{}" },
                version: "1",
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                opened: { _ in Issue.record("there was no port to open") }
            )
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await server.run()
                    return Task.isCancelled
                }
                try await first.expect(200, "GET", "/")
                group.cancelAll()
                // It ended because it was told to, and without an error.
                let wasTold = try await group.next()
                #expect(wasTold == true)
            }
        }
    }

    @Test func `listens upwards from 4040`() {
        #expect(InspectorServer.standardPorts == 4040...4059)
        #expect(InspectorServer.ports(from: 65_530) == 65_530...65_535)
        #expect(InspectorServer.ports(from: 0) == 0...0)
    }
}
