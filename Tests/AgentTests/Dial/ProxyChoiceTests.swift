@testable import Agent
import Testing

struct ProxyChoiceTests {
    private func towards(
        _ edge: String,
        flag: String? = nil,
        _ environment: [String: String]
    ) throws -> String? {
        let edge = try #require(EdgeAddress(edge))
        return try ProxyChoice(flag: flag, environment: environment).proxy(towards: edge)?.description
    }

    private func proxy(flag: String? = nil, _ environment: [String: String]) throws -> String? {
        try towards("edge.example:8443", flag: flag, environment)
    }

    @Test func `there is none unless somebody says so`() throws {
        #expect(try proxy([:]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "", "HTTP_PROXY": "http://a", "http_proxy": "http://a"]) == nil)
    }

    @Test func `the variable of the protocol comes before that of all, and small letters before capitals`() throws {
        let all = ["https_proxy": "a:1", "HTTPS_PROXY": "b:1", "all_proxy": "c:1", "ALL_PROXY": "d:1"]
        #expect(try proxy(all) == "a:1")
        #expect(try proxy(all.filter { $0.key != "https_proxy" }) == "b:1")
        #expect(try proxy(["all_proxy": "c:1", "ALL_PROXY": "d:1"]) == "c:1")
        #expect(try proxy(["https_proxy": "", "ALL_PROXY": "socks5://d"]) == "d:1080")
    }

    @Test func `exceptions hold for a proxy of the environment`() throws {
        #expect(try proxy(["HTTPS_PROXY": "a:1", "NO_PROXY": ".example"]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "a:1", "no_proxy": "edge.example:8443"]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "a:1", "no_proxy": "other", "NO_PROXY": "*"]) == "a:1")
        #expect(try proxy(["HTTPS_PROXY": "a:1", "NO_PROXY": "edge.example:443"]) == "a:1")
    }

    @Test func `what was said on the command line counts alone`() throws {
        let environment = ["HTTPS_PROXY": "a:1", "NO_PROXY": "*"]
        #expect(try proxy(flag: "b:1", environment) == "b:1")
        #expect(try proxy(flag: "none", ["HTTPS_PROXY": "a:1"]) == nil)
        #expect(try towards("localhost", flag: "b:1", environment) == "b:1")
    }

    @Test(arguments: ["localhost", "app.localhost", "127.1.2.3", "[::1]"])
    func `an edge on this machine is reached through a proxy on this machine alone`(edge: String) throws {
        #expect(try towards(edge, ["HTTPS_PROXY": "proxy.example:3128"]) == nil)
        #expect(try towards(edge, ["HTTPS_PROXY": "127.0.0.1:3128"]) == "127.0.0.1:3128")
    }

    @Test func `a password on the command line is refused`() throws {
        for flag in ["http://u:p@a:1", "u@a", "http://u:%70@a"] {
            #expect(throws: ProxySettingError(setting: "--proxy", error: .credentialsInArgument)) {
                try ProxyChoice(flag: flag, environment: [:])
            }
        }
    }

    @Test func `the password of a proxy on the command line comes from elsewhere`() throws {
        let environment = ["OSM_PROXY_CREDENTIALS": "env:secret"]
        let file = try ProxyCredentials(line: "file:secret\n")
        let said = try ProxyChoice(flag: "a:1", environment: environment)
        #expect(said.proxy?.credentials == (try ProxyCredentials(line: "env:secret")))
        let both = try ProxyChoice(flag: "a:1", credentials: file, environment: environment)
        #expect(both.proxy?.credentials == file)
        let found = try ProxyChoice(flag: nil, credentials: file, environment: ["ALL_PROXY": "u:p@a:1"])
        #expect(found.proxy?.credentials == file)
        #expect(throws: ProxySettingError(setting: "OSM_PROXY_CREDENTIALS", error: .badCredentials)) {
            try ProxyChoice(flag: "socks5://a", environment: ["OSM_PROXY_CREDENTIALS": "user"])
        }
    }

    @Test func `an error names the setting and never its value`() throws {
        let error = try #require(throws: ProxySettingError.self) {
            try ProxyChoice(flag: nil, environment: ["ALL_PROXY": "ftp://user:pass@a"])
        }
        #expect(error.setting == "ALL_PROXY")
        #expect(error.description.hasPrefix("ALL_PROXY names a scheme"))
        #expect(!error.description.contains("pass"))
    }
}
