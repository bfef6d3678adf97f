import TunnelTLS

/// Why TLS with an origin did not come about, as far as can be seen from here.
enum OriginTLSFailure: Error, Equatable {
    /// The certificate's last day, as `2025-12-31`.
    case expired(String)
    /// The certificate's first day.
    case notYetValid(String)
    case wrongName(String)
    case selfSigned
    case unknownIssuer
    /// The certificate was refused, and a second look did not show why.
    case badCertificate
    /// What answers does not speak TLS.
    case notTLS
    case oldVersion
    /// The origin ended the handshake with this alert.
    case alert(String)
    case silent
    case closed
    case other

    /// Reads what NIOSSL said; `badCertificate` calls for a ``CertificateDiagnosis``.
    init(_ error: any Error, expecting name: String) {
        if let error = error as? OriginTLSFailure {
            self = error
            return
        }
        let words = String(describing: error)
        if words.contains("CERTIFICATE_VERIFY_FAILED") || words.contains("unableToValidateCertificate") {
            self = .badCertificate
            return
        }
        if words.contains("failedToValidateHostname") || words.contains("in certificate from peer") {
            self = .wrongName(name)
            return
        }
        switch HandshakeRefusal(words: words) {
        case .tlsVersion: self = .oldVersion
        case .notTLS: self = .notTLS
        case .alert(let alert): self = .alert(alert)
        case .closed: self = .closed
        case .peer, .applicationProtocol, .timeout, .failed: self = .other
        }
    }

    /// The `error` parameter of Proxy-Status (RFC 9209, 2.3).
    var proxyStatus: String {
        switch self {
        case .expired, .notYetValid, .wrongName, .selfSigned, .unknownIssuer, .badCertificate: "tls_certificate_error"
        case .alert: "tls_alert_received"
        case .silent: "connection_timeout"
        case .notTLS, .oldVersion, .closed, .other: "tls_protocol_error"
        }
    }

    var sentence: String {
        switch self {
        case .expired(let day): "The local service's certificate expired on \(day)."
        case .notYetValid(let day):
            "The local service's certificate is not valid before \(day), or the clock of the device is wrong."
        case .wrongName(let name): "The local service's certificate is not for \(name)."
        case .selfSigned: "The local service's certificate is self-signed and not among the CAs that the agent trusts."
        case .unknownIssuer: "The local service's certificate is not from a CA that the agent trusts."
        case .badCertificate: "The local service's certificate is not one that the agent trusts."
        case .notTLS: "The local service does not speak TLS; if it speaks plain HTTP, serve it as http://."
        case .oldVersion: "The local service speaks no TLS version that is still safe: 1.2 or 1.3."
        case .alert("certificate_required"), .alert("handshake_failure"):
            "The local service ended the TLS handshake; it may want a client's certificate, which an agent has not."
        case .alert(let alert): "The local service ended the TLS handshake with the alert \(alert)."
        case .silent: "The local service accepted the connection and did not answer the TLS handshake in time."
        case .closed: "The local service closed the connection during the TLS handshake."
        case .other: "The TLS handshake with the local service failed."
        }
    }
}
