import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate with its key, minted for a test.
struct Minted {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    var der: [UInt8] {
        get throws {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            return serializer.serializedBytes
        }
    }

    var pem: String { get throws { OpenSSL.pem(try der) } }
}

extension Minted {
    /// The same certificate, DER, signed over SHA-384 while what is signed speaks of SHA-256.
    func relabelled(by issuer: Minted) throws -> [UInt8] {
        // The two identifiers, 1.2.840.10045.4.3.3 and .2, differ in their last byte (RFC 5758, 3.2).
        let algorithm: [UInt8] = [0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03]
        var content = Array(certificate.tbsCertificateBytes)
        guard let place = content.firstRange(of: algorithm + [3]) else { throw CocoaError(.featureUnsupported) }
        content[place.upperBound - 1] = 2
        let signature = try issuer.key.sign(bytes: content, signatureAlgorithm: .ecdsaWithSHA384)
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { coder in
            coder.serializeRawBytes(content)
            coder.serializeRawBytes(algorithm + [3])
            try coder.serialize(ASN1BitString(bytes: signature.rawRepresentation[...]))
        }
        return serializer.serializedBytes
    }
}

/// What a certificate is to say; the defaults of ``Operator`` are what `ca-tools` issues, and tests spoil single fields.
struct Recipe {
    /// What the certificate says about the key that signed it.
    enum AuthorityKey { case named, mistaken, unnamed }

    /// Empty for none at all.
    var subject: String
    var notBefore = Operator.now - 300
    var notAfter: Date
    var serial = Certificate.SerialNumber()
    var basicConstraints = BasicConstraints.notCertificateAuthority
    var basicConstraintsAreCritical = true
    var keyUsage = KeyUsage(digitalSignature: true)
    var usages: [ExtendedKeyUsage.Usage] = []
    var names: [GeneralName] = []
    var namesAreCritical = true
    var constraints: NameConstraints?
    var extra: [Certificate.Extension] = []
    var namesItsKey = true
    var authorityKey = AuthorityKey.named
    var version = Certificate.Version.v3
    var algorithm = Certificate.SignatureAlgorithm.ecdsaWithSHA384

    func minted(
        by issuer: Minted?,
        key: Certificate.PrivateKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    ) throws -> Minted {
        let certificate = try Certificate(
            version: version,
            serialNumber: serial,
            publicKey: key.publicKey,
            notValidBefore: notBefore,
            notValidAfter: notAfter,
            issuer: try issuer?.certificate.subject ?? name(),
            subject: try name(),
            signatureAlgorithm: algorithm,
            extensions: try extensions(key: key, issuer: issuer),
            issuerPrivateKey: issuer?.key ?? key
        )
        return Minted(certificate: certificate, key: key)
    }

    private func name() throws -> DistinguishedName {
        subject.isEmpty ? DistinguishedName() : try DistinguishedName { CommonName(subject) }
    }

    private func extensions(key: Certificate.PrivateKey, issuer: Minted?) throws -> Certificate.Extensions {
        var extensions = Certificate.Extensions()
        try extensions.append(Certificate.Extension(basicConstraints, critical: basicConstraintsAreCritical))
        try extensions.append(Certificate.Extension(keyUsage, critical: true))
        let own = SubjectKeyIdentifier(hash: key.publicKey)
        if namesItsKey { try extensions.append(Certificate.Extension(own, critical: false)) }
        if let issuer, authorityKey != .unnamed {
            let above = authorityKey == .named ? SubjectKeyIdentifier(hash: issuer.certificate.publicKey) : own
            try extensions.append(
                Certificate.Extension(AuthorityKeyIdentifier(keyIdentifier: above.keyIdentifier), critical: false)
            )
        }
        if !usages.isEmpty {
            try extensions.append(Certificate.Extension(try ExtendedKeyUsage(usages), critical: false))
        }
        if !names.isEmpty {
            try extensions.append(Certificate.Extension(SubjectAlternativeNames(names), critical: namesAreCritical))
        }
        if let constraints { try extensions.append(Certificate.Extension(constraints, critical: true)) }
        for item in extra { try extensions.append(item) }
        return extensions
    }
}

/// A throw-away operator: a root, both issuing CAs, and recipes for their leaves.
struct Operator {
    /// The moment at which tests check, far from any clock.
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let domain = "tunnel.example.com"
    static let device = "0f8fad5b-d9cb-469f-a165-70867728950e"
    private static let day: TimeInterval = 86_400

    let root: Minted
    let edgeCA: Minted
    let deviceCA: Minted

    init(
        name: String = "Operator",
        root spoilRoot: (inout Recipe) -> Void = { _ in },
        edgeCA spoilEdgeCA: (inout Recipe) -> Void = { _ in },
        deviceCA spoilDeviceCA: (inout Recipe) -> Void = { _ in }
    ) throws {
        let rootKey = Certificate.PrivateKey(P384.Signing.PrivateKey())
        root = try Self.spoilt(Self.root(name), spoilRoot).minted(by: nil, key: rootKey)
        let edgeRecipe = Self.spoilt(Self.edgeCA(name), spoilEdgeCA)
        edgeCA = try edgeRecipe.minted(by: root, key: Certificate.PrivateKey(P384.Signing.PrivateKey()))
        let deviceRecipe = Self.spoilt(Self.deviceCA(name), spoilDeviceCA)
        deviceCA = try deviceRecipe.minted(by: root, key: Certificate.PrivateKey(P384.Signing.PrivateKey()))
    }

    static func root(_ name: String) -> Recipe {
        var recipe = Recipe(subject: "\(name) Root", notAfter: now + 3650 * day)
        recipe.basicConstraints = .isCertificateAuthority(maxPathLength: 1)
        recipe.keyUsage = KeyUsage(keyCertSign: true, cRLSign: true)
        return recipe
    }

    static func edgeCA(_ name: String) -> Recipe {
        var recipe = Recipe(subject: "\(name) Edge CA", notAfter: now + 1825 * day)
        recipe.basicConstraints = .isCertificateAuthority(maxPathLength: 0)
        recipe.keyUsage = KeyUsage(keyCertSign: true, cRLSign: true)
        recipe.usages = [.serverAuth]
        recipe.constraints = NameConstraints(permittedSubtrees: [.dnsName(domain)])
        return recipe
    }

    static func deviceCA(_ name: String) -> Recipe {
        var recipe = Recipe(subject: "\(name) Device CA", notAfter: now + 1825 * day)
        recipe.basicConstraints = .isCertificateAuthority(maxPathLength: 0)
        recipe.keyUsage = KeyUsage(keyCertSign: true, cRLSign: true)
        recipe.usages = [.clientAuth]
        recipe.constraints = NameConstraints(permittedSubtrees: [.uniformResourceIdentifier("device")])
        return recipe
    }

    static var edgeLeaf: Recipe {
        var recipe = Recipe(subject: "", notAfter: now + 30 * day)
        recipe.usages = [.serverAuth]
        recipe.names = [.dnsName(domain)]
        return recipe
    }

    static var deviceLeaf: Recipe {
        var recipe = Recipe(subject: "", notAfter: now + 7 * day)
        recipe.usages = [.clientAuth]
        recipe.names = [.uniformResourceIdentifier("osm://device/\(device)")]
        return recipe
    }

    static func spoilt(_ recipe: Recipe, _ spoil: (inout Recipe) -> Void) -> Recipe {
        var recipe = recipe
        spoil(&recipe)
        return recipe
    }

    /// A leaf for an edge with its issuing CA, DER.
    func edgeChain(_ spoil: (inout Recipe) -> Void = { _ in }) throws -> [[UInt8]] {
        [try Self.spoilt(Self.edgeLeaf, spoil).minted(by: edgeCA).der, try edgeCA.der]
    }

    /// A leaf for a device with its issuing CA, DER.
    func deviceChain(_ spoil: (inout Recipe) -> Void = { _ in }) throws -> [[UInt8]] {
        [try Self.spoilt(Self.deviceLeaf, spoil).minted(by: deviceCA).der, try deviceCA.der]
    }
}
