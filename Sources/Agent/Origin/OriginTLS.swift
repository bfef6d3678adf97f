import NIOCore
import NIOSSL
import TunnelProtocol

/// How an `https` origin is spoken to: TLS 1.2 or later, ALPN `http/1.1`, and a certificate that must be good.
///
/// There is no way to leave the check out.
struct OriginTLS: Sendable {
    let context: NIOSSLContext
    /// The name that is asked for and that the certificate must carry; nil for an address, which it must carry instead.
    let serverName: String?

    init(host: String, _ options: OriginOptions) throws(OriginOptionsError) {
        serverName = try Self.serverName(host: host, options.serverName)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
        configuration.trustRoots = try options.anchors.map(Self.roots) ?? TrustStore.roots()
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw options.anchors == nil ? .noTrustStore : .badAnchors
        }
    }

    private static func serverName(host: String, _ wanted: String?) throws(OriginOptionsError) -> String? {
        if let wanted {
            guard let name = HostName(wanted), name.text == wanted.lowercased() else { throw .badServerName(wanted) }
            return name.text
        }
        // What is no name is an address: the target has been checked.
        return HostName(host)?.text
    }

    private static func roots(_ pem: String) throws(OriginOptionsError) -> NIOSSLTrustRoots {
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)) } catch { throw .badAnchors }
        guard !certificates.isEmpty else { throw .badAnchors }
        return .certificates(certificates)
    }

    /// The handler that encrypts a connection and checks whom it leads to.
    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }

    /// A handler that ends every handshake as soon as it has seen the peer's certificates.
    func inspector(_ seen: @escaping ([NIOSSLCertificate]) -> Void) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName) { chain, verdict in
            seen(chain)
            verdict.succeed(NIOSSLVerificationResult.failed)
        }
    }
}
