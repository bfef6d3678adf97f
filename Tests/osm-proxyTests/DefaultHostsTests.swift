import Edge
import Logging
import Synchronization
import Testing

@testable import osm_proxy

/// Where the edge listens when nobody says so, on machines with and without IPv6.
struct DefaultHostsTests {
    /// Keeps what is logged.
    private struct Words: LogHandler {
        final class Messages: Sendable {
            let all = Mutex<[String]>([])
        }

        let to: Messages
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            to.all.withLock { $0.append("\(event.message): \(event.metadata?["settings"] ?? "")") }
        }
    }

    private struct Hosts: Equatable {
        var tunnel: String
        var raw: String
        var log: [String] = []
    }

    private func hosts(_ arguments: [String], isIPv6Missing: Bool) async throws -> Hosts {
        let needed = [
            "--standalone", "--public-url", "https://*.t.example", "--certificate", "c", "--key", "k",
            "--operator-bundle", "b",
        ]
        let loader = SettingsLoader(path: nil, arguments: needed + arguments, environment: [:], usualPath: "/nowhere")
        let messages = Words.Messages()
        let logger = Logger(label: "osm-proxy") { _ in Words(to: messages) }
        let configuration = await DefaultHosts(isIPv6Missing: { isIPv6Missing }).fit(
            try loader.loadForRunning(),
            logger: logger
        )
        let log = messages.all.withLock { $0 }
        return Hosts(tunnel: configuration.tunnelAddress.description, raw: configuration.raw.host, log: log)
    }

    @Test func `with IPv6 every address of both families is listened on`() async throws {
        let hosts = try await hosts(["--raw-ports", "20000-20001"], isIPv6Missing: false)
        #expect(hosts == Hosts(tunnel: "[::]:8443", raw: "::"))
    }

    @Test func `without IPv6 the defaults are those of IPv4, and one line says so`() async throws {
        let hosts = try await hosts(["--raw-ports", "20000-20001"], isIPv6Missing: true)
        #expect(hosts.tunnel == "0.0.0.0:8443")
        #expect(hosts.raw == "0.0.0.0")
        let line = "no IPv6 on this machine; listening on all addresses of IPv4 instead: tunnel.listen raw.listen"
        #expect(hosts.log == [line])
    }

    @Test func `an address that somebody wrote stays, whether or not the machine has it`() async throws {
        let written = ["--tunnel-listen", "[::]:8443", "--raw-listen", "::", "--raw-ports", "20000-20001"]
        let hosts = try await hosts(written, isIPv6Missing: true)
        #expect(hosts == Hosts(tunnel: "[::]:8443", raw: "::"))
    }

    @Test func `ports that no device may have are not spoken of`() async throws {
        let hosts = try await hosts([], isIPv6Missing: true)
        #expect(hosts.log.first?.hasSuffix(": tunnel.listen") == true)
    }
}
