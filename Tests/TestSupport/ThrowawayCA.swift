package import CertificateAuthority
import Cryptography
package import FoundationEssentials
import Settings

/// An operator's CA in a temporary folder, made by the same code that makes a real one, and removed with this object.
///
/// ## Concurrency
/// Nothing changes after `init` but the folder, which the engine locks for every change.
package final class ThrowawayCA: Sendable {
    /// A device that was enrolled: the key that the device itself would hold, and what the CA answered.
    package struct Device: Sendable {
        /// The UUID, in lower case.
        package let id: String
        /// PKCS #8 in the clear.
        package let keyPEM: String
        /// The leaf, then its CA.
        package let chainPEM: String
        package let serial: String
        /// Two files with the above, for whoever wants paths.
        package let keyPath: String
        package let chainPath: String
    }

    /// An edge as a file for its key and one for its leaf and CA.
    package struct Edge: Sendable {
        package let keyPath: String
        package let chainPath: String
        package let serial: String
    }

    /// The passphrase of every throwaway root.
    package static let passphrase = "correct horse battery staple"

    package let folder: AuthorityFolder
    package let domain: String
    private let scratch: TemporaryFolder
    private let now: @Sendable () -> Date

    /// Makes the CA with a first edge for the domain itself; `now` dates everything that is issued.
    package init(
        domain: String = "tunnel.example.com",
        edges: [String] = [],
        isSample: Bool = false,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        scratch = try TemporaryFolder()
        self.domain = domain
        self.now = now
        folder = AuthorityFolder("\(scratch.path)/operator-ca")
        let name = try DomainName(domain)
        try NewAuthority(
            domain: name,
            edges: edges.map { try EdgeAddress($0, domain: name) },
            isSample: isSample,
            cost: .forTestsOnly,
            now: now
        ).create(in: folder, passphrase: Secret(Array(Self.passphrase.utf8)))
    }

    /// The bundle that agents and edges are given.
    package var bundlePath: String { folder.bundle }
    package var rootPath: String { folder.root() }
    /// The revocation list of the device CA.
    package var deviceListPath: String { folder.revocationLists(.device) }
    /// A folder of this CA's own in which a test may put what it likes.
    package var scratchPath: String { scratch.path }

    /// The key of an edge's leaf, that of the domain itself unless named.
    package func edgeKeyPath(_ name: String? = nil) throws -> String { folder.edgeKey(try DomainName(name ?? domain)) }
    /// The leaf and its CA.
    package func edgeChainPath(_ name: String? = nil) throws -> String { folder.edge(try DomainName(name ?? domain)) }

    /// Opens the CA for a change, as of the moment `date`; the next change waits until this value is gone.
    package func open(at date: Date? = nil) throws -> Authority {
        guard let date else { return try Authority.open(folder, now: now) }
        return try Authority.open(folder, now: { date })
    }

    /// The first edge, which bears the domain's own name.
    package func edge() throws -> Edge {
        let name = try DomainName(domain)
        let serial = try folder.certificate(folder.edge(name)).serial()
        return Edge(keyPath: folder.edgeKey(name), chainPath: folder.edge(name), serial: serial.description)
    }

    /// Issues a leaf for another edge, as of the moment `date`.
    @discardableResult
    package func issueEdge(_ name: String, at date: Date? = nil) throws -> Edge {
        let name = try DomainName(name)
        var authority = try open(at: date)
        let issued = try authority.issueEdge(name, renew: false)
        return Edge(keyPath: folder.edgeKey(name), chainPath: issued.path, serial: issued.serial)
    }

    /// Enrols a device with a key made here, as of the moment `date`.
    package func issueDevice(id: String? = nil, at date: Date? = nil) throws -> Device {
        let key = try EVPKey.generate(.p256)
        let request = try SigningRequest.make(key: key, subject: DistinguishedName(commonName: "device"))
        let id = try id.map { try DeviceID($0) } ?? DeviceID()
        let issued = try issueDevice(request, id: id, at: date)
        let keyPath = "\(scratch.path)/\(issued.serial).key"
        let keyPEM = try key.unencryptedPEM().withBytes { bytes in
            try DurableFile.create(keyPath, bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        return Device(
            id: id.description,
            keyPEM: keyPEM,
            chainPEM: issued.pem,
            serial: issued.serial,
            keyPath: keyPath,
            chainPath: issued.path
        )
    }

    /// Answers a device's own request with its leaf and the leaf's CA, PEM; a device that has a leaf gets its next.
    @discardableResult
    package func issueDevice(requestPEM: String, id: String) throws -> String {
        try issueDevice(SigningRequest(pem: Array(requestPEM.utf8)), id: DeviceID(id), at: nil).pem
    }

    private func issueDevice(_ request: SigningRequest, id: DeviceID, at date: Date?) throws -> Issued {
        var authority = try open(at: date)
        let exists = DurableFile.mode(folder.device(id)) != nil
        return try authority.issueDevice(request, id: id, label: nil, renew: exists)
    }

    /// Withdraws every living leaf of a device and signs new lists.
    package func revoke(device id: String) throws {
        var authority = try open()
        _ = try authority.revoke(.device(DeviceID(id)), reason: .keyCompromise)
    }
}
