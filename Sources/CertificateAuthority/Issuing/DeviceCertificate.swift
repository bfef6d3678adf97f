import Cryptography
import FoundationEssentials

/// What a device gets: its certificate, the CA behind it, and who it is.
package struct DeviceCertificate: Codable, Equatable, Sendable {
    /// The device's UUID.
    package let device: String
    /// What people call it; the UUID when nobody named it.
    package let name: String
    /// The leaf, then its CA; DER in base64.
    package let chain: [String]
    package let notAfter: String

    private enum CodingKeys: String, CodingKey {
        case device, name, chain
        case notAfter = "not_after"
    }

    /// The certificate that stands in a device's file.
    init(of id: DeviceID, name: String?, in folder: AuthorityFolder) throws {
        let path = folder.device(id)
        let certificates = try folder.certificates(path)
        self = try at(path) {
            guard let leaf = certificates.first else {
                throw CryptographyError(.malformed, "find a certificate in a device's file")
            }
            return DeviceCertificate(
                device: id.description,
                name: name ?? id.description,
                chain: try certificates.map { Data(try $0.der()).base64EncodedString() },
                notAfter: try leaf.notAfter().rfc3339
            )
        }
    }

    private init(device: String, name: String, chain: [String], notAfter: String) {
        self.device = device
        self.name = name
        self.chain = chain
        self.notAfter = notAfter
    }
}
