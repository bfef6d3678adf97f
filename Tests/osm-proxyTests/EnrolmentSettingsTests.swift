import Settings
import Testing

@testable import osm_proxy

struct EnrolmentSettingsTests {
    private func problems(_ words: [String: [String]]) -> [String] {
        let needed = [
            "standalone": ["true"], "public_url": ["https://*.t.example"], "certificate": ["c"], "key": ["k"],
            "operator_bundle": ["b"],
        ]
        let written = needed.merging(words) { $1 }.map { key, words in
            SettingTable<ProxySettings>.Written(key: key, words: words, place: .setting(key))
        }
        do throws(SettingsProblems) {
            _ = try ProxySettings.table.resolve(written, over: ProxySettings()).target.edgeConfiguration()
            return []
        } catch {
            return error.lines
        }
    }

    @Test func `devices cannot be enrolled without an issuer, and renewed with one alone`() {
        let alone = problems(["enroll.listen": ["127.0.0.1:8444"]])
        #expect(alone.count == 1)
        #expect(alone.first?.contains("issuer") == true)
        #expect(problems(["issuer": ["unix:/run/issuer.sock"]]) == [])
        #expect(problems(["issuer": ["/run/issuer.sock"], "enroll.listen": ["0.0.0.0:8444"]]) == [])
    }

    @Test(arguments: ["127.0.0.1:9", "unix:relative.sock", "unix:", "/\(String(repeating: "a", count: 200))"])
    func `an issuer is the path of a socket`(text: String) { #expect(problems(["issuer": [text]]).count == 1) }
}
