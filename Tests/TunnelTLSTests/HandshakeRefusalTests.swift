import NIOCore
import NIOSSL
import Testing
import Trust

@testable import TunnelTLS

struct HandshakeRefusalTests {
    /// BoringSSL's words as NIOSSL hands them on.
    private func words(_ reason: String) -> String {
        "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435703 "
            + "error:100000f7:SSL routines:OPENSSL_internal:\(reason) at ssl/handshake.cc:1]))"
    }

    @Test(
        arguments: [
            ("PEER_DID_NOT_RETURN_A_CERTIFICATE", .peer(.noCertificate)), ("UNSUPPORTED_PROTOCOL", .tlsVersion),
            ("TLSV1_ALERT_PROTOCOL_VERSION", .tlsVersion), ("NO_APPLICATION_PROTOCOL", .applicationProtocol),
            ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", .applicationProtocol), ("WRONG_VERSION_NUMBER", .notTLS),
            ("HTTP_REQUEST", .notTLS), ("HTTPS_PROXY_REQUEST", .notTLS),
        ] as [(String, HandshakeRefusal)]
    )
    func `knows what BoringSSL means`(reason: String, refusal: HandshakeRefusal) {
        #expect(HandshakeRefusal(words: words(reason)) == refusal)
    }

    @Test(
        arguments: [
            ("SSLV3_ALERT_BAD_CERTIFICATE", "bad_certificate"), ("TLSV1_ALERT_UNKNOWN_CA", "unknown_ca"),
            ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "unsupported_certificate"),
            ("SSLV3_ALERT_CERTIFICATE_REVOKED", "certificate_revoked"),
            ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "certificate_expired"),
            ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "certificate_unknown"),
            ("TLSV1_ALERT_ACCESS_DENIED", "access_denied"),
            ("TLSV1_ALERT_CERTIFICATE_REQUIRED", "certificate_required"),
            ("TLSV1_ALERT_INTERNAL_ERROR", "internal_error"), ("SSLV3_ALERT_HANDSHAKE_FAILURE", "handshake_failure"),
        ]
    )
    func `names the alert that a peer sent`(reason: String, alert: String) {
        #expect(HandshakeRefusal(words: words(reason)) == .alert(alert))
        #expect(HandshakeRefusal(words: words(reason)).label == "alert")
    }

    @Test(arguments: ["uncleanShutdown eof", "EOF during handshake"])
    func `an end in the middle is a peer that left`(text: String) {
        #expect(HandshakeRefusal(words: text) == .closed)
    }

    @Test(arguments: ["", "CERTIFICATE_VERIFY_FAILED", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "something new"])
    func `keeps words that it does not know`(text: String) {
        #expect(HandshakeRefusal(words: text) == .failed(text))
    }

    @Test func `an error of the socket is a peer that left`() {
        #expect(HandshakeRefusal(ChannelError.eof) == .closed)
        #expect(HandshakeRefusal(ChannelError.ioOnClosedChannel) == .closed)
    }

    @Test func `reads errors as NIOSSL describes them`() {
        #expect(HandshakeRefusal(NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake]))) == .closed)
        #expect(HandshakeRefusal(NIOSSLError.uncleanShutdown) == .closed)
    }

    @Test func `labels are a fixed set of words, whatever a peer sends`() {
        let refusals: [(HandshakeRefusal, String)] = [
            (.peer(.revoked), "revoked"), (.peer(.noCertificate), "no_certificate"), (.tlsVersion, "tls_version"),
            (.applicationProtocol, "alpn"), (.timeout, "timeout"), (.notTLS, "not_tls"), (.alert("a"), "alert"),
            (.alert("b"), "alert"), (.closed, "closed"), (.failed("a"), "failed"), (.failed("b"), "failed"),
        ]
        for (refusal, label) in refusals { #expect(refusal.label == label) }
    }
}
