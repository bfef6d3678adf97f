import Edge
import TestSupport
import Testing

@testable import osm_proxy

/// Where the edge listens when nobody says so, on machines with and without IPv6.
struct DefaultHostsTests {
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
        let log = WrittenLog()
        let configuration = await DefaultHosts(isIPv6Missing: { isIPv6Missing }).fit(
            try loader.loadForRunning(),
            logger: log.logger
        )
        return Hosts(tunnel: configuration.tunnelAddress.description, raw: configuration.raw.host, log: log.lines)
    }

    @Test func `with IPv6 every address of both families is listened on`() async throws {
        let hosts = try await hosts(["--raw-ports", "20000-20001"], isIPv6Missing: false)
        #expect(hosts == Hosts(tunnel: "[::]:8443", raw: "::"))
    }

    @Test func `without IPv6 the defaults are those of IPv4, and one line says so`() async throws {
        let hosts = try await hosts(["--raw-ports", "20000-20001"], isIPv6Missing: true)
        #expect(hosts.tunnel == "0.0.0.0:8443")
        #expect(hosts.raw == "0.0.0.0")
        let told = "notice: no IPv6 on this machine; listening on all addresses of IPv4 instead"
        #expect(hosts.log == ["\(told) settings=tunnel.listen raw.listen"])
    }

    @Test func `an address that somebody wrote stays, whether or not the machine has it`() async throws {
        let written = ["--tunnel-listen", "[::]:8443", "--raw-listen", "::", "--raw-ports", "20000-20001"]
        let hosts = try await hosts(written, isIPv6Missing: true)
        #expect(hosts == Hosts(tunnel: "[::]:8443", raw: "::"))
    }

    @Test func `ports that no device may have are not spoken of`() async throws {
        let hosts = try await hosts([], isIPv6Missing: true)
        #expect(hosts.log.first?.hasSuffix(" settings=tunnel.listen") == true)
    }
}
