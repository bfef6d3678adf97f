import Edge
import Foundation
import HTTP1
import HTTP2
import NIOCore
import Settings
import Testing

@testable import osm_proxy

struct ProxySettingsTests {
    private let needed = [
        "--standalone", "--public-url", "https://*.t.example", "--certificate", "c", "--key", "k", "--operator-bundle",
        "b",
    ]

    private func resolve(_ arguments: [String]) throws -> ProxySettings {
        let table = ProxySettings.table
        return try table.resolve(try table.flags(arguments), over: ProxySettings()).target
    }

    private func problems(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let error as SettingsProblems {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `no two settings share a key, a flag or a variable`() {
        let settings = ProxySettings.table.settings
        #expect(Set(settings.map(\.key)).count == settings.count)
        #expect(Set(settings.compactMap(\.flag)).count == settings.compactMap(\.flag).count)
        #expect(Set(settings.map { $0.environmentName("P_") }).count == settings.count)
    }

    @Test func `every default can be written down and read again`() throws {
        let table = ProxySettings.table
        for setting in table.settings {
            let words = setting.words(ProxySettings())
            guard !words.isEmpty else { continue }
            let place = SettingsProblem.Place.setting(setting.key)
            let written = SettingTable<ProxySettings>.Written(key: setting.key, words: words, place: place)
            let again = try table.resolve([written], over: ProxySettings()).target
            #expect(setting.words(again) == words, "\(setting.key)")
        }
    }

    @Test func `names and ports have the same lease`() throws {
        let configuration = try resolve(needed + ["--deadlines-lease", "301s"]).edgeConfiguration()
        #expect(configuration.bindingLimits.lease == .seconds(301) && configuration.raw.lease == .seconds(301))
    }

    @Test func `what nobody sets is what the engine does by itself`() throws {
        let configuration = try resolve(needed).edgeConfiguration()
        let engine = EdgeConfiguration(
            tunnelAddress: configuration.tunnelAddress,
            visitorAddress: configuration.visitorAddress,
            adminAddress: configuration.adminAddress,
            publicURL: configuration.publicURL,
            identity: configuration.identity
        )
        #expect(configuration.visitorLimit == engine.visitorLimit)
        #expect(configuration.memoryBudget == engine.memoryBudget)
        #expect(configuration.http1Limits == engine.http1Limits)
        #expect(configuration.visitorHTTP2Limits == engine.visitorHTTP2Limits)
        #expect(configuration.headDeadline == engine.headDeadline)
        #expect(configuration.keepAliveDeadline == engine.keepAliveDeadline)
        #expect(configuration.handshakeDeadline == engine.handshakeDeadline)
        #expect(configuration.drainDeadline == engine.drainDeadline)
        #expect(configuration.bindingLimits == engine.bindingLimits)
        #expect(configuration.raw.lease == engine.raw.lease)
        #expect(configuration.handshakes == engine.handshakes)
        #expect(configuration.handshakesPerAddress == engine.handshakesPerAddress)
        #expect(configuration.tunnelsPerSecond == engine.tunnelsPerSecond)
        #expect(configuration.tunnelBurst == engine.tunnelBurst)
        #expect(configuration.trustedProxies == engine.trustedProxies)
        #expect(configuration.accessLog == engine.accessLog)
    }

    @Test func `what must be given and is not is named, all of it at once`() {
        let found = problems { _ = try resolve([]).edgeConfiguration() }
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "standalone", "public_url", "certificate", "key", "operator_bundle",
            ]
        )
    }

    @Test func `limits reach both kinds of visitors`() throws {
        let more = ["--limits-request-line", "1KiB", "--limits-header-section", "2KiB", "--limits-fields", "10"]
        let configuration = try resolve(needed + more).edgeConfiguration()
        #expect(configuration.http1Limits.startLine == 1024)
        #expect(configuration.http1Limits.head == 3072)
        #expect(configuration.http1Limits.fields == 10)
        #expect(configuration.visitorHTTP2Limits.fieldSectionSize == 2048 + 320)
        #expect(configuration.visitorHTTP2Limits.fieldCount == 10)
    }

    @Test(arguments: [
        ["--tunnel-listen", "8443"], ["--public-url", "https://t.example"], ["--bind", "app.example.com"],
        ["--trusted-proxies", "10.0.0.1/8"], ["--raw-ports", "9-1"], ["--log-level", "loud"],
        ["--deadlines-drain", "2h"], ["--visitor-connections", "0"], ["--access-log-to", "access.log"],
        ["--internal-listen", "nowhere"], ["--access-log-to", "/var/log/a\0b"], ["--certificate", "a\0b"],
    ])
    func `a value that is none is refused by its flag`(arguments: [String]) {
        #expect(problems { _ = try resolve(arguments) }.first?.hasPrefix("\(arguments[0]): ") == true)
    }

    @Test(arguments: [
        ["--admin-listen", "admin.example:8081"], ["--admin-listen", "127.0.0.1:+80"], ["--admin-listen", "1.2.3:80"],
        ["--internal-listen", "admin.example:8082"], ["--internal-listen", "127.0.0.1:+80"],
        ["--internal-listen", "unix:"], ["--internal-listen", "a/b"], ["--internal-listen", ":8082"],
        ["--internal-listen", "unix:a\0b"], ["--internal-listen", "/" + String(repeating: "a", count: 200)],
    ])
    func `a listener for operators takes no name that would have to be asked for`(arguments: [String]) {
        #expect(problems { _ = try resolve(arguments) }.first?.contains("is not an IP address or localhost") == true)
    }

    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1:0"), ("localhost:80", "localhost:80"), ("[::1]:80", "[::1]:80"),
        ("unix:edge.sock", "unix:edge.sock"), ("/run/edge.sock", "unix:/run/edge.sock"), ("off", "off"),
    ])
    func `where the TLS terminator asks is written back as it is read`(text: String, expected: String) throws {
        let target = try resolve(["--internal-listen", text])
        #expect(ProxySettings.table.setting("internal.listen")?.words(target) == [expected])
    }

    @Test func `a variable that is no setting is compared behind the prefix`() {
        let found = problems { _ = try ProxySettings.table.environment(["OSM_PROXY_FOO": "x"]) { _ in [] } }
        #expect(found == ["OSM_PROXY_FOO: there is no setting of this name"])
    }

    @Test func `a binding is written back as it is read`() throws {
        let text = "*.apps.example/api=6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11;sticky"
        let target = try resolve(["--bind", text])
        #expect(ProxySettings.table.setting("bind")?.words(target) == [text])
    }

    @Test func `the secret is in no report`() throws {
        let secret = String(repeating: "s3cret", count: 8)
        let table = ProxySettings.table
        let values = try table.environment(["OSM_PROXY_STICKY_KEY": secret]) { _ in [] }
        let resolution = try table.resolve(values, over: ProxySettings())
        #expect(resolution.target.stickyKey == Secret(Array(secret.utf8)))
        #expect(!"\(resolution.target)".contains("s3cret"))
        let json = String(decoding: SettingsReport.json(SettingsReport.rows(resolution)), as: UTF8.self)
        #expect(!json.contains("s3cret"))
        #expect(!SettingsReport.text(resolution).contains("s3cret"))
        #expect(json.contains("\"source\":\"OSM_PROXY_STICKY_KEY\",\"value\":[\"(secret)\"]"))
    }

    @Test func `a secret that is too short is refused without showing it`() {
        let found = problems {
            let values = try ProxySettings.table.environment(["OSM_PROXY_STICKY_KEY": "short"]) { _ in [] }
            _ = try ProxySettings.table.resolve(values, over: ProxySettings())
        }
        let reason = "the secret cannot be used: it has to have at least 32 bytes"
        #expect(found == ["OSM_PROXY_STICKY_KEY: sticky_key: \(reason)"])
    }
}
