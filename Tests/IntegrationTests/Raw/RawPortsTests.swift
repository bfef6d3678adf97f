import Foundation
import TestSupport
import Testing

/// TCP and UDP ports through real processes, used by programs that know nothing of tunnels.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct RawPortsTests {
    private struct Address: Decodable { let port: Int }

    /// Counts what comes until its end, says how much it was, and sends as much.
    private static let countingService = """
        import json, socket, threading
        listener = socket.create_server(("127.0.0.1", 0))
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        def serve(connection):
            count = 0
            while piece := connection.recv(65536):
                count += len(piece)
            connection.sendall(b"%d\\n" % count + b"x" * count)
            connection.close()
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

    /// Sends each datagram back.
    private static let echoService = """
        import json, socket
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.bind(("127.0.0.1", 0))
        print(json.dumps({"port": port.getsockname()[1]}), flush=True)
        while True:
            port.sendto(*port.recvfrom(65535))
        """

    /// Sends datagrams of several sizes and waits for each to come back.
    private static let echoVisitor = """
        import socket, sys
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.settimeout(10)
        port.connect(("127.0.0.1", int(sys.argv[1])))
        for size in (1, 1200, 9000, 65507):
            port.send(b"d" * size)
            assert port.recv(65535) == b"d" * size
        print("all came back")
        """

    /// Runs a service behind a port of the edge, and a line of shell as its visitor with that port as `$1`.
    private func visit(_ kind: String, service: String, _ line: String, _ more: [String] = []) async throws -> String {
        let scratch = try TemporaryFolder()
        let python = try #require(TestPrograms.python)
        let local = try Program(python, ["-c", service], in: scratch.path, called: "service")
        let localPort = try await RunningTunnel.announced(local, Address.self).port
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let first = Int.random(in: 20_000..<30_000)
        let edge = try RunningTunnel.startEdge(
            in: scratch.path,
            tunnel: "127.0.0.1:0",
            visitor: "127.0.0.1:0",
            ["--raw-listen", "127.0.0.1", "--raw-ports", "\(first)-\(first + 50)"]
        )
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let agent = try Program(
            "osm-agent",
            [
                kind, "\(localPort)", "--edge", addresses.tunnel, "--identity", identity, "--socket",
                "\(scratch.path)/agent.sock",
            ],
            in: scratch.path
        )
        try await eventually("the agent has a port: \(agent.errors) \(edge.errors)") { agent.output.contains("\n") }
        let url = agent.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(url.hasPrefix("\(kind)://localhost:"))
        let port = String(url.split(separator: ":").last ?? "")
        let visit = try Shell.script(line, [port] + more)
        #expect(visit.status == 0)
        return visit.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(.timeLimit(.minutes(2)))
    func `nc sends, ends its side, and hears all of the answer through a TCP port`() async throws {
        let line = "head -c 20000000 /dev/zero | timeout 60 nc -N 127.0.0.1 \"$1\" | wc -c"
        // The count, its newline, and as many bytes.
        #expect(try await visit("tcp", service: Self.countingService, line) == "20000009")
    }

    @Test(.timeLimit(.minutes(2)))
    func `datagrams of every size come back through a UDP port`() async throws {
        let python = try #require(TestPrograms.python)
        let line = "exec \"$2\" -c \"$3\" \"$1\""
        let answer = try await visit("udp", service: Self.echoService, line, [python, Self.echoVisitor])
        #expect(answer == "all came back")
    }
}
