/// Which names of fields, parameters and members stand for something that only its owner should read.
enum SecretName {
    /// Any name that holds one of these does: `X-Csrf-Token`, `clientSecret`, `api-key`.
    private static let parts: [[UInt8]] = [
        "token", "secret", "password", "passwd", "passphrase", "signature", "apikey", "accesskey", "privatekey",
        "credential", "authorization", "sessionid", "assertion",
    ].map { Array($0.utf8) }
    /// Short words that are part of harmless names too.
    private static let words: Set<[UInt8]> = Set(
        ["cookie", "setcookie", "sig", "pwd", "pass", "auth", "jwt", "otp", "pin"].map { Array($0.utf8) }
    )
    /// A longer name is a secret by itself.
    private static let limit = 256

    /// Judges letters and digits alone, without case, so that `api_key`, `API-Key` and `apiKey` are one name.
    static func matches(_ name: some Sequence<UInt8>) -> Bool {
        var folded: [UInt8] = []
        for byte in name {
            guard folded.count <= limit else { return true }
            switch byte {
            case 0x41...0x5A: folded.append(byte | 0x20)
            case 0x30...0x39, 0x61...0x7A: folded.append(byte)
            default: continue
            }
        }
        return words.contains(folded) || parts.contains { folded.firstRange(of: $0) != nil }
    }
}
