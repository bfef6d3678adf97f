import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import ProxyProtocol
import TestSupport
import Testing

@testable import Agent

/// What a visitor is told when the origin cannot be spoken to.
@Suite(.timeLimit(.minutes(5)))
struct OriginFailureTests {
    private func visit(_ target: String, _ change: @Sendable (inout OriginOptions) -> Void = { _ in }) async throws
        -> Visit.Answer
    {
        var options = OriginOptions()
        change(&options)
        let service = try LocalService(OriginTarget(target, allowsPrivate: true), options: options)
        return try await OriginHarness.with(service, headDeadline: .seconds(30)) { try await $0.visit("/").answer() }
    }

    private func visit(_ appearance: PlainService.Appearance) async throws -> Visit.Answer {
        try await PlainService.with(.tls, appearance) { service in
            try await OriginHarness.with(service) { try await $0.visit("/echo").answer() }
        }
    }

    // MARK: Sockets

    @Test func `says that there is no socket`() async throws {
        let folder = try TemporaryFolder()
        let answer = try await visit("unix:\(folder.path)/none")
        #expect(answer.status == "502")
        #expect(answer.body.contains("there is no socket at its path"))
        #expect(answer.fields["proxy-status"] == "osm-agent; error=connection_refused")
    }

    @Test func `says that nobody listens at a socket`() async throws {
        let folder = try TemporaryFolder()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: "\(folder.path)/s").get()
        try await listener.close().get()
        #expect(try await visit("unix:\(folder.path)/s").body.contains("is not running"))
    }

    @Test func `says that nobody listens at a port`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        // A port that a client has: nobody listens there, and nobody else can meanwhile.
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: listener.localAddress?.port ?? 0).get()
        let port = client.localAddress?.port ?? 0
        for target in ["\(port)", "localhost:\(port)", "https://localhost:\(port)"] {
            #expect(try await visit(target).body.contains("is not running: it refused"))
        }
        try await client.close().get()
        try await listener.close().get()
    }

    // MARK: Certificates

    @Test func `says when the certificate expired`() async throws {
        let ca = try OriginCertificates()
        let leaf = try ca.leaf(from: "20200101000000Z", to: "20210102000000Z")
        let answer = try await visit(.init(identity: leaf, anchors: ca.authority))
        #expect(answer.status == "502")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=tls_certificate_error")
        #expect(answer.body.contains("expired on 2021-01-02"))
    }

    @Test func `says when the certificate begins`() async throws {
        let ca = try OriginCertificates()
        let leaf = try ca.leaf(from: "20980101000000Z", to: "20990102000000Z")
        let answer = try await visit(.init(identity: leaf, anchors: ca.authority))
        #expect(answer.body.contains("not valid before 2098-01-01"))
    }

    @Test func `says for which name the certificate is not`() async throws {
        let ca = try OriginCertificates()
        let leaf = try ca.leaf("DNS:example.com")
        let answer = try await visit(.init(identity: leaf, anchors: ca.authority))
        #expect(answer.fields["proxy-status"] == "osm-agent; error=tls_certificate_error")
        #expect(answer.body.contains("is not for localhost"))
    }

    @Test func `says that a certificate is self-signed`() async throws {
        let ca = try OriginCertificates()
        let answer = try await visit(.init(identity: try ca.selfSigned(), anchors: ca.authority))
        #expect(answer.body.contains("is self-signed"))
    }

    @Test func `says that nobody it knows has signed a certificate`() async throws {
        let answer = try await visit(.init(identity: try OriginCertificates().leaf(), anchors: nil))
        #expect(answer.fields["proxy-status"] == "osm-agent; error=tls_certificate_error")
        #expect(answer.body.contains("not from a CA that the agent trusts"))
    }

    @Test func `another name can be asked for`() async throws {
        let ca = try OriginCertificates()
        let leaf = try ca.leaf("DNS:shop.example.com")
        let status = try await PlainService.with(.tls, .init(identity: leaf, anchors: ca.authority)) { service in
            try await OriginHarness.with(service, { $0.serverName = "shop.example.com" }) {
                try await $0.visit("/echo").answer().status
            }
        }
        #expect(status == "200")
    }

    @Test(arguments: [("IP:127.0.0.1", "200"), ("IP:127.0.0.2", "502"), ("DNS:localhost", "502")])
    func `an address must be in the certificate`(names: String, status: String) async throws {
        let ca = try OriginCertificates()
        let leaf = try ca.leaf(names)
        let answer = try await PlainService.with(.tls, .init(identity: leaf, anchors: ca.authority)) { service in
            var options = service.options
            options.anchors = ca.authority
            let target = try OriginTarget(service.target.replacing("localhost", with: "127.0.0.1"))
            return try await OriginHarness.with(try LocalService(target, options: options)) {
                try await $0.visit("/echo").answer()
            }
        }
        #expect(answer.status == status)
    }

    // MARK: TLS

    @Test func `says that the service speaks no TLS`() async throws {
        let answer = try await PlainService.with(.port) { service in
            try await visit(service.target.replacing("http://", with: "https://"))
        }
        #expect(answer.body.contains("does not speak TLS") || answer.body.contains("closed the connection during"))
    }

    @Test func `says that the service speaks only old TLS`() async throws {
        let ca = try OriginCertificates()
        let appearance = PlainService.Appearance(identity: try ca.leaf(), anchors: ca.authority) {
            $0.minimumTLSVersion = .tlsv1
            $0.maximumTLSVersion = .tlsv11
        }
        #expect(try await visit(appearance).body.contains("no TLS version that is still safe"))
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `says that the service wants a certificate of its own`(version: TLSVersion) async throws {
        let ca = try OriginCertificates()
        let anchor = ca.authority
        let leaf = try ca.leaf()
        let answer = try await visit(
            .init(identity: leaf, anchors: anchor) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
                $0.certificateVerification = .noHostnameVerification
            }
        )
        #expect(answer.status == "502")
        #expect(answer.body.contains("may want a client's certificate"))
    }

    @Test func `says that the service is silent in TLS`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let answer = try await visit("https://localhost:\(listener.localAddress?.port ?? 0)") {
            $0.limits.connectDeadline = .seconds(1)
        }
        #expect(answer.status == "504")
        #expect(answer.body.contains("did not answer the TLS handshake in time"))
        try await listener.close().get()
    }

    // MARK: Options

    @Test(arguments: ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `refuses anchors that are none`(pem: String) throws {
        var options = OriginOptions()
        options.anchors = pem
        let target = try OriginTarget("https://localhost")
        #expect(throws: OriginOptionsError.badAnchors) { try LocalService(target, options: options) }
    }

    @Test func `refuses options that have nothing to do with the target`() throws {
        var options = OriginOptions()
        options.serverName = "a"
        #expect(throws: OriginOptionsError.needsHTTPS("--upstream-server-name")) {
            try LocalService(OriginTarget("3000"), options: options)
        }
        options.serverName = "127.0.0.1"
        #expect(throws: OriginOptionsError.badServerName("127.0.0.1")) {
            try LocalService(OriginTarget("https://localhost"), options: options)
        }
        options = OriginOptions()
        options.proxyHeader = .v2
        #expect(throws: OriginOptionsError.needsHTTP1("--proxy-protocol")) {
            try LocalService(OriginTarget("http2://1"), options: options)
        }
        options = OriginOptions()
        options.hostHeader = .target
        #expect(throws: OriginOptionsError.folderHasNo("--host-header")) {
            try LocalService(OriginTarget("/srv"), options: options)
        }
    }

    @Test(arguments: ["", "a b", "a\r\nx: y", "a/b", "user@a", "é", String(repeating: "a", count: 260)])
    func `refuses a host that is none`(text: String) {
        #expect(throws: OriginOptionsError.badHostHeader(text)) { try OriginOptions.HostHeader(text) }
    }

    @Test func `reads what the host is to be`() throws {
        #expect(try OriginOptions.HostHeader("rewrite") == .target)
        #expect(try OriginOptions.HostHeader("app.local:3000") == .literal("app.local:3000"))
    }
}
