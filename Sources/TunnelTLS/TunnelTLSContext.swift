package import NIOSSL

/// The TLS settings of a tunnel, the same at both ends: 1.3 only, mutual, ALPN `rh2`, post-quantum group first; and those
/// of an enrolment, where the agent has no certificate yet and HTTP/1.1 is inside.
///
/// The system's trust store is never consulted: a ``PeerCheck`` of the connection alone decides whom to trust.
package enum TunnelTLSContext {
    /// The ALPN protocol of a tunnel (draft-thomson-ptth-potato): HTTP/2 with the TLS client as the HTTP server.
    package static let applicationProtocol = "rh2"
    /// The ALPN protocol of an enrolment.
    package static let enrolmentProtocol = "http/1.1"

    /// For the edge, which is the TLS server.
    ///
    /// - Parameters:
    ///   - certificates: The edge's chain as PEM, leaf first.
    ///   - key: Its private key as PEM.
    /// - Returns: A context that asks every peer for its certificate.
    /// - Throws: NIOSSL's error when the chain or the key cannot be used.
    package static func server(certificates: [UInt8], key: [UInt8]) throws -> NIOSSLContext {
        let identity = try Self.identity(certificates: certificates, key: key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.chain,
            privateKey: identity.key
        )
        apply(to: &configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    /// For the edge where it enrols devices: the same certificate, and nobody is asked for theirs.
    ///
    /// - Parameters:
    ///   - certificates: The edge's chain as PEM, leaf first.
    ///   - key: Its private key as PEM.
    /// - Returns: A context that asks nobody for a certificate.
    /// - Throws: NIOSSL's error when the chain or the key cannot be used.
    package static func enrolmentServer(certificates: [UInt8], key: [UInt8]) throws -> NIOSSLContext {
        let identity = try Self.identity(certificates: certificates, key: key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.chain,
            privateKey: identity.key
        )
        apply(to: &configuration, enrolmentProtocol)
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }

    /// For an agent that enrols its device: it shows nothing, and a ``PeerCheck`` decides about the edge all the same.
    package static func enrolmentClient() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        apply(to: &configuration, enrolmentProtocol)
        return try NIOSSLContext(configuration: configuration)
    }

    /// For the agent, which is the TLS client.
    ///
    /// - Parameters:
    ///   - certificates: The device's chain as PEM, leaf first; empty for a device without an identity.
    ///   - key: Its private key as PEM.
    /// - Returns: A context that shows the device's certificate when it has one.
    /// - Throws: NIOSSL's error when the chain or the key cannot be used.
    package static func client(certificates: [UInt8], key: [UInt8]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !certificates.isEmpty {
            let identity = try Self.identity(certificates: certificates, key: key)
            configuration.certificateChain = identity.chain
            configuration.privateKey = identity.key
        }
        apply(to: &configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    private static func identity(
        certificates: [UInt8],
        key: [UInt8]
    ) throws -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource) {
        let chain = try NIOSSLCertificate.fromPEMBytes(certificates).map(NIOSSLCertificateSource.certificate)
        return (chain, .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
    }

    private static func apply(to configuration: inout TLSConfiguration, _ alpn: String = applicationProtocol) {
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        configuration.applicationProtocols = [alpn]
        configuration.curves = [.x25519_MLKEM768, .x25519, .secp256r1]
        // The name is checked, by the PeerCheck, against what the operator issued: NIOSSL's own check would use SNI.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        configuration.renegotiationSupport = .none
    }
}
