import FoundationEssentials
import NIOSSL
import Trust
import TunnelTLS

/// The files that say who an edge is and whom it lets in, by path.
package struct EdgeIdentityFiles: Sendable, Equatable {
    /// The edge's chain, leaf first, PEM.
    package var certificate: String
    /// Its private key, PEM.
    package var key: String
    /// The operator's bundle with the roots that devices must chain to.
    package var operatorBundle: String
    /// The device revocation list, PEM; nil when the operator keeps none.
    package var deviceRevocations: String?

    package init(certificate: String, key: String, operatorBundle: String, deviceRevocations: String?) {
        self.certificate = certificate
        self.key = key
        self.operatorBundle = operatorBundle
        self.deviceRevocations = deviceRevocations
    }

    /// Reads all files as an edge does when it starts, and keeps nothing.
    package func check() throws(EdgeIdentityError) {
        do {
            _ = try EdgeIdentityState(try EdgeIdentityContents(self), files: self, at: .now)
        } catch let error as EdgeIdentityError {
            throw error
        } catch {
            throw EdgeIdentityError(file: certificate, problem: "it cannot be used: \(error)")
        }
    }
}

/// What the files said when they were last read.
struct EdgeIdentityContents: Sendable, Equatable {
    let certificate: [UInt8]
    let key: [UInt8]
    let bundle: [UInt8]
    let revocations: [UInt8]?

    /// Reads all files.
    ///
    /// - Throws: ``EdgeIdentityError`` that names the file.
    init(_ files: EdgeIdentityFiles) throws {
        certificate = try Self.read(files.certificate)
        key = try Self.read(files.key)
        bundle = try Self.read(files.operatorBundle)
        revocations = try files.deviceRevocations.map(Self.read)
    }

    /// A revocation list of a hundred thousand entries takes four of them.
    private static let longest: UInt64 = 64 * 1024 * 1024

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            // Files that an orchestrator mounts are links.
            let url = URL(filePath: path).resolvingSymlinksInPath()
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw EdgeIdentityError(file: path, problem: "it is not a file")
            }
            // Which of the two it is depends on whether Foundation is linked.
            let size = attributes[.size] as? UInt64 ?? (attributes[.size] as? UInt).map { UInt64($0) }
            guard let size, size <= longest else {
                throw EdgeIdentityError(file: path, problem: "it is longer than \(longest >> 20) MiB")
            }
            return Array(try Data(contentsOf: url))
        } catch let error as EdgeIdentityError {
            throw error
        } catch {
            let isMissing = [.fileReadNoSuchFile, .fileNoSuchFile].contains((error as? CocoaError)?.code)
            throw EdgeIdentityError(file: path, problem: isMissing ? "there is no such file" : "it cannot be read")
        }
    }
}

/// A file of the edge's identity that cannot be used.
package struct EdgeIdentityError: Error, CustomStringConvertible {
    package let file: String
    package let problem: String

    package var description: String { "\(file): \(problem)" }
}

/// Who an edge is and whom it lets in, ready for handshakes.
struct EdgeIdentityState: Sendable {
    let context: NIOSSLContext
    /// The same certificate, for those who have none yet.
    let enrolmentContext: NIOSSLContext
    let verifier: DeviceVerifier
    private let anchors: TrustAnchors
    /// When the edge's own certificate ends, in Unix time.
    let certificateExpires: Int
    /// The newest revocation lists, one an issuing CA, so that an older one is not taken after it.
    let revocations: [RevocationList]

    init(_ contents: EdgeIdentityContents, files: EdgeIdentityFiles, at now: Date) throws {
        do {
            context = try TunnelTLSContext.server(certificates: contents.certificate, key: contents.key)
            enrolmentContext = try TunnelTLSContext.enrolmentServer(
                certificates: contents.certificate,
                key: contents.key
            )
            let leaf = try NIOSSLCertificate.fromPEMBytes(contents.certificate).first
            certificateExpires = leaf.map { Int($0.notValidAfter) } ?? 0
        } catch {
            throw EdgeIdentityError(file: files.certificate, problem: "the chain and its key cannot be used: \(error)")
        }
        let bundle: OperatorBundle
        do throws(BundleRefusal) {
            bundle = try OperatorBundle.decode(contents.bundle)
            anchors = try bundle.anchors(at: now)
        } catch {
            throw EdgeIdentityError(file: files.operatorBundle, problem: error.problem)
        }
        revocations = try Self.revocations(contents, bundle, files)
        verifier = DeviceVerifier(anchors: anchors, revocations: revocations)
    }

    private init(_ other: EdgeIdentityState, revocations: [RevocationList]) {
        context = other.context
        enrolmentContext = other.enrolmentContext
        certificateExpires = other.certificateExpires
        anchors = other.anchors
        self.revocations = revocations
        verifier = DeviceVerifier(anchors: other.anchors, revocations: revocations)
    }

    /// The same identity, with the list of those in use wherever its own would be a step back from it.
    func keepingNewer(of inUse: [RevocationList]) -> EdgeIdentityState {
        let newest = revocations.map { list in inUse.first { list.isStep(backFrom: $0) } ?? list }
        return EdgeIdentityState(self, revocations: newest)
    }

    private static func revocations(
        _ contents: EdgeIdentityContents,
        _ bundle: OperatorBundle,
        _ files: EdgeIdentityFiles
    ) throws -> [RevocationList] {
        guard let bytes = contents.revocations, let path = files.deviceRevocations else { return [] }
        do throws(RevocationListError) {
            var confirmed: [RevocationList] = []
            for list in try RevocationList.lists(bytes) {
                confirmed.append(try list.confirmed(by: bundle.deviceIssuers))
            }
            return confirmed
        } catch {
            throw EdgeIdentityError(file: path, problem: "the revocation list cannot be used: \(error)")
        }
    }
}
