import SwiftASN1

/// Reads certificates out of PEM text.
package enum PEM {
    /// The largest text that is read, in bytes.
    package static let limit = 64 * 1024
    /// The most certificates that one text may hold.
    package static let certificateLimit = 16

    /// The certificates of a text, in order, as DER that nobody has looked into yet.
    ///
    /// Blocks of other kinds, such as a private key in the same file, are passed over.
    package static func certificates(_ text: String) throws(PEMError) -> [[UInt8]] {
        guard text.utf8.count <= limit else { throw .tooLarge }
        let documents: [PEMDocument]
        do {
            documents = try PEMDocument.parseMultiple(pemString: text)
        } catch {
            throw .unreadable
        }
        let certificates = documents.filter { $0.discriminator == "CERTIFICATE" }
        guard certificates.count <= certificateLimit else { throw .tooLarge }
        return certificates.map(\.derBytes)
    }

    /// The one certificate of a text; anything beside it is refused.
    static func certificate(_ text: String) throws(PEMError) -> [UInt8] {
        let all = try certificates(text)
        guard all.count == 1 else { throw .unreadable }
        return all[0]
    }
}

/// Why a PEM text is not read.
package enum PEMError: Error, Sendable { case tooLarge, unreadable }
