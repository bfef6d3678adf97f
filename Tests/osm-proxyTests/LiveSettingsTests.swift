import NIOCore
import Settings
import Testing

@testable import Edge
@testable import osm_proxy

/// Ties what the table says of each setting to what a running edge does with it.
struct LiveSettingsTests {
    private static let device = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let needed: [String: [String]] = [
        "standalone": ["true"], "public_url": ["https://*.t.example"], "certificate": ["c"], "key": ["k"],
        "operator_bundle": ["b"], "issuer": ["unix:/a.sock"],
    ]
    /// For each setting a value that is neither the default nor the one above.
    private static let others: [String: [String]] = [
        "standalone": ["false"], "public_url": ["https://*.u.example"], "certificate": ["d"], "key": ["l"],
        "operator_bundle": ["e"], "device_crl": ["f"], "tunnel.listen": ["127.0.0.1:1"],
        "visitor.listen": ["127.0.0.1:2"], "admin.listen": ["127.0.0.1:3"], "internal.listen": ["off"],
        "internal.asks_per_second": ["7"], "internal.ask_burst": ["8"], "bind": ["a.example=\(device)"],
        "enroll.listen": ["127.0.0.1:4"], "issuer": ["unix:/b.sock"],
        "sticky_key": [String(repeating: "s", count: 40)], "raw.ports": ["20000-20001"], "raw.listen": ["127.0.0.1"],
        "raw.reserve": ["20001"], "trusted_proxies": ["loopback"], "visitor.proxy_protocol": ["true"],
        "visitor.connections": ["500"], "visitor.connections_per_address": ["9"],
        "visitor.reserved_descriptors": ["10"], "limits.request_line": ["4KiB"], "limits.header_section": ["16KiB"],
        "limits.fields": ["50"], "limits.memory_soft": ["100MiB"], "limits.memory_hard": ["2000MiB"],
        "limits.stream_memory": ["128MiB"], "deadlines.head": ["16s"], "deadlines.keep_alive": ["76s"],
        "deadlines.body": ["31s"], "deadlines.reader": ["61s"], "deadlines.proxy_protocol": ["6s"],
        "deadlines.handshake": ["11s"], "deadlines.drain": ["31s"], "deadlines.return": ["11s"],
        "deadlines.lease": ["301s"],
        "tunnel.handshakes": ["1000"],
        "tunnel.handshakes_per_address": ["17"], "tunnel.arrivals_per_second": ["101"], "tunnel.arrival_burst": ["201"],
        "log.level": ["debug"], "log.format": ["json"], "access_log.to": ["stdout"],
        "access_log.show_queries": ["true"], "access_log.sample": ["2"], "access_log.backlog": ["1MiB"],
    ]
    /// What concerns the process and not the engine, or changes whether there is one.
    private static let elsewhere: Set = ["standalone", "log.level", "log.format"]

    /// The engine's configuration, in words, under an exchangeable key for cookies.
    private func configuration(_ words: [String: [String]]) throws -> EdgeConfiguration {
        let table = ProxySettings.table
        let written = words.map { key, words in
            SettingTable<ProxySettings>.Written(key: key, words: words, place: .setting(key))
        }
        return try table.resolve(written, over: ProxySettings()).target.edgeConfiguration()
    }

    private func words(_ configuration: EdgeConfiguration, _ key: StickyKey) -> String {
        var same = configuration
        same.stickyKey = key
        var text = ""
        dump(same, to: &text)
        return text
    }

    @Test func `every setting is in the table of this test`() {
        #expect(Set(ProxySettings.table.settings.map(\.key)) == Set(Self.others.keys))
    }

    @Test(arguments: ProxySettings.table.settings.map(\.key).filter { !elsewhere.contains($0) && $0 != "sticky_key" })
    func `what the table calls live is taken, and nothing else`(key: String) throws {
        let setting = try #require(ProxySettings.table.setting(key))
        let cookies = StickyKey()
        // A reserve lies in a range of ports.
        let range = key == "raw.reserve" ? ["raw.ports": ["20000-20001"]] : [:]
        let start = Self.needed.merging(range) { $1 }
        let present = try configuration(start)
        let next = try configuration(start.merging([key: Self.others[key] ?? []]) { $1 })
        #expect(words(next, cookies) != words(present, cookies), "the engine does not hear of it")
        let taken = words(present.taking(changesOf: next), cookies)
        #expect(taken == words(setting.change == .live ? next : present, cookies))
    }
}
