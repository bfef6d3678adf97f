import FoundationEssentials
import NIOSSL

/// Where this system keeps the certificate authorities of the public internet.
///
/// NIOSSL knows the places of Debian and Fedora; the agent is one program for every Linux, so it knows the others, too.
/// An agent asks these authorities about services behind it and about its own public names, never about an edge.
enum TrustStore {
    /// As OpenSSL and Go's crypto/x509 look for them.
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Alpine, NixOS
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL 6
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/pki/tls/cacert.pem",  // OpenELEC
        "/etc/ssl/cert.pem",  // OpenWrt, Alpine without the package
    ]

    /// The authorities to believe: SSL_CERT_FILE, as with OpenSSL, or else the first place that is there, or else what
    /// NIOSSL finds.
    static func roots(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        isFile: (String) -> Bool = { FileManager.default.isReadableFile(atPath: $0) }
    ) -> NIOSSLTrustRoots {
        if let named = environment["SSL_CERT_FILE"], !named.isEmpty { return .file(named) }
        return places.first(where: isFile).map { .file($0) } ?? .default
    }
}
