import Cryptography
import TunnelProtocol

// The CA keeps a token's digest only. What is drawn with so much chance needs no slow hash.
extension EnrolmentToken {
    /// Draws a new one.
    static func draw() throws(CryptographyError) -> EnrolmentToken {
        EnrolmentToken(drawn: try Digest.random(count: randomBytes))
    }

    /// Its SHA-256 in hexadecimal, by which the CA finds the invitation.
    var digest: String {
        get throws(CryptographyError) { try Digest.sha256(Array(text.utf8)).hexadecimal }
    }
}
