import Agent
import ConfigurationFile
import Settings
import Testing

@testable import osm_agent

struct EndpointTableTests {
    private func spec(_ text: String) throws -> EndpointSpec {
        let tree = try ConfigurationTree(Array(text.utf8), path: "f")
        let paths = FilePaths(file: "/conf/agent.yaml", home: "/home/me", current: "/")
        var reader = SectionReader(
            EndpointTable.table,
            paths: EndpointTable.paths,
            fieldLists: EndpointTable.fieldLists,
            source: FileSource(path: "f", environment: ["TOKEN": "a: b"], paths: paths)
        )
        reader.read(tree.fields)
        #expect(reader.problems == [])
        return try EndpointTable.table.resolve(reader.written, over: EndpointTable.blank).target
    }

    @Test func `every setting has its place in the description`() throws {
        let found = try spec(
            """
            name: web
            kind: http
            hostname: app
            port: 20000
            target: 3000
            upstream: {ca: certs/ca.pem, server_name: n, host_header: rewrite, proxy_protocol: v2,
              allow_private: true, listing: true}
            access: {basic_auth_file: ~/users, allow_cidr: [10.0.0.0/8, '::1'], deny_cidr: [10.1.0.0/16]}
            request_headers: {add: {X-A: '${TOKEN}', X-C: ' d '}, remove: [X-F]}
            response_headers: {add: {X-G: ''}, remove: [Server]}
            inspect: false
            enabled: false
            """
        )
        var spec = EndpointSpec(name: "web", kind: "http", target: "3000")
        spec.hostname = "app"
        spec.port = 20_000
        spec.upstreamCA = "/conf/certs/ca.pem"
        spec.upstreamServerName = "n"
        spec.hostHeader = "rewrite"
        spec.proxyProtocol = "v2"
        spec.allowPrivate = true
        spec.listing = true
        spec.basicAuthFile = "/home/me/users"
        spec.allowCIDR = ["10.0.0.0/8", "::1"]
        spec.denyCIDR = ["10.1.0.0/16"]
        spec.requestHeaders = .init(
            add: [.init(name: "X-A", value: "a: b"), .init(name: "X-C", value: "d ")],
            remove: ["X-F"]
        )
        spec.responseHeaders = .init(add: [.init(name: "X-G", value: "")], remove: ["Server"])
        spec.inspect = false
        spec.enabled = false
        #expect(found == spec)
    }

    @Test(arguments: ["10.0.0.0/8", "192.0.2.1", "::1", "2001:db8::/32", "0.0.0.0/0", "::/0"])
    func `an address or a block is one`(text: String) throws {
        #expect(try SettingForm<String>.cidr.parse(text) == text)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/+8", "10.0.0.0/8/8", "host", "10.0.0/8",
    ])
    func `what is none is refused`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingForm<String>.cidr.parse(text) }
    }

    @Test(arguments: ["", "-a", ".a", "a b", "a/b", "ä", String(repeating: "a", count: 64)])
    func `a name is one word everywhere`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingForm<String>.endpointName.parse(text) }
    }

    @Test(arguments: ["X-A: b\u{0A}c", "X-A: \u{00}", "X-A: \u{7F}"])
    func `a value of a field cannot begin another, and is not repeated`(text: String) {
        #expect { try SettingForm<EndpointSpec.HeaderSpec.Field>.headerField.parse(text) } throws: {
            "\($0)" == "the value of 'X-A' has a control character in it"
        }
    }

    @Test func `every member that the engine can refuse is a setting`() {
        let members = [
            "name", "kind", "hostname", "port", "target", "upstream_ca", "upstream_server_name", "host_header",
            "proxy_protocol", "allow_private", "listing", "basic_auth_file", "allow_cidr", "deny_cidr",
            "request_headers", "response_headers", "inspect", "enabled",
        ]
        for member in members {
            for key in EndpointCheck.keys(of: member) { #expect(EndpointTable.table.setting(key) != nil, "\(key)") }
        }
    }
}
