import Crypto
package import FoundationEssentials
import SwiftASN1
import X509

/// What a device shows to edges: a key that was made on it, and the chain that the operator issued for the key.
package struct DeviceCredentials: Sendable {
    /// PKCS#8 as PEM, a secret: never logged, never printed.
    package let keyPEM: String
    /// DER, leaf first, then its issuing CA.
    package let chain: [[UInt8]]
    package let identity: DeviceIdentity
    package let notBefore: Date

    /// When the certificate ends; renewal is due well before.
    package var notAfter: Date { identity.notAfter }

    /// Puts a key and the chain that was issued for it together.
    ///
    /// Says nothing about whether an edge would accept them; ``check(against:at:)`` does.
    package init(keyPEM: String, chainPEM: String) throws(DeviceCredentialsError) {
        do {
            let key = try Certificate.PrivateKey(pemEncoded: keyPEM)
            let chain = try PEM.certificates(chainPEM)
            guard let first = chain.first else { throw DeviceCredentialsError.unreadable }
            let leaf = try PeerCertificate(der: first).certificate
            guard leaf.publicKey == key.publicKey else { throw DeviceCredentialsError.keyMismatch }
            self.chain = chain
            notBefore = leaf.notValidBefore
            identity = try DeviceIdentity(leaf: leaf)
        } catch let error as DeviceCredentialsError {
            throw error
        } catch PeerRefusal.wrongName {
            throw .notADevice
        } catch {
            throw .unreadable
        }
        self.keyPEM = keyPEM
    }

    /// Puts a key and a chain of DER certificates together, leaf first.
    package init(keyPEM: String, chain: [[UInt8]]) throws(DeviceCredentialsError) {
        try self.init(keyPEM: keyPEM, chainPEM: Self.pem(chain))
    }

    /// The chain as PEM, for a TLS library.
    package var chainPEM: String { Self.pem(chain) }

    private static func pem(_ chain: [[UInt8]]) -> String {
        chain.map { PEMDocument(type: "CERTIFICATE", derBytes: $0).pemString + "\n" }.joined()
    }

    /// What an edge would say to this chain, found out before dialling; revocation only the edge knows.
    package func check(against anchors: TrustAnchors, at now: Date) throws(PeerRefusal) {
        _ = try DeviceVerifier(anchors: anchors, revocations: []).verify(chain: chain, at: now)
    }

    /// Makes a new P-256 key and the request with which the operator issues a certificate for it, both PEM.
    ///
    /// The name in the request is for people only: what the certificate says is the operator's decision.
    package static func request(commonName: String) throws -> (keyPEM: String, requestPEM: String) {
        let key = P256.Signing.PrivateKey()
        let request = try signed(Certificate.PrivateKey(key), commonName)
        return (key.pemRepresentation, try request.serializeAsPEM().pemString)
    }

    /// A request for another certificate of a key that is there, in DER.
    ///
    /// - Throws: When the key cannot be read, or the name cannot stand in a request.
    package static func request(keyPEM: String, commonName: String) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(try signed(try Certificate.PrivateKey(pemEncoded: keyPEM), commonName))
        return serializer.serializedBytes
    }

    private static func signed(_ key: Certificate.PrivateKey, _ name: String) throws -> CertificateSigningRequest {
        try CertificateSigningRequest(
            version: .v1,
            subject: try DistinguishedName { CommonName(name) },
            privateKey: key,
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: .ecdsaWithSHA256
        )
    }
}

/// Printing, reflecting or interpolating credentials names the device and never shows the key.
extension DeviceCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "credentials of device \(identity.id)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["identity": identity]) }
}

/// Why a key and a chain are no credentials.
package enum DeviceCredentialsError: Error, Sendable {
    case unreadable
    /// The certificate was issued for another key.
    case keyMismatch
    /// The certificate names no device.
    case notADevice

    /// What is wrong, for the owner of the device.
    package var sentence: String {
        switch self {
        case .unreadable: "The device's key or certificate cannot be read."
        case .keyMismatch: "The device's certificate was issued for another key."
        case .notADevice: "The certificate names no device."
        }
    }
}
