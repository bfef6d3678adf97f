import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as a file holds it: scrypt (RFC 7914) as a PHC string, `$scrypt$ln=15,r=8,p=1$SALT$HASH`.
package struct PasswordHash: Sendable, Equatable {
    /// What one check costs whoever guesses, and this machine.
    struct Cost: Sendable, Equatable {
        let logarithmOfRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MiB, and about a tenth of a second.
        static let standard = Cost(logarithmOfRounds: 15, blockSize: 8, parallelism: 1)

        /// Proportional to the time that a check takes, and to its memory as long as nothing is parallel.
        var work: Int { (1 << logarithmOfRounds) * blockSize * parallelism }

        /// Below 16 MiB it protects too little; above 128 MiB visitors could exhaust the machine by asking.
        var isAcceptable: Bool {
            (14...17).contains(logarithmOfRounds) && (8...32).contains(blockSize) && (1...4).contains(parallelism)
                && work <= 1 << 20
        }
    }

    let cost: Cost
    let salt: [UInt8]
    let key: [UInt8]

    private static let saltLengths = 8...64
    private static let keyLengths = 32...64

    /// Hashes a password under a salt of its own.
    package init(of password: [UInt8]) throws {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let key = try Self.derive(from: password, salt: salt, cost: .standard, length: 32)
        self.init(cost: .standard, salt: salt, key: key)
    }

    init(cost: Cost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Reads what ``description`` writes; nil for anything else, and for a cost that is too low or too high.
    package init?(_ text: Substring) {
        let parts = text.split(separator: "$", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Cost(parts[2]),
            let salt = Self.bytes(parts[3]), Self.saltLengths.contains(salt.count),
            let key = Self.bytes(parts[4]), Self.keyLengths.contains(key.count)
        else { return nil }
        self.init(cost: cost, salt: salt, key: key)
    }

    /// Whether that is the password; it takes as long as the cost says, and as long for a wrong one.
    func matches(_ password: [UInt8]) throws -> Bool {
        let derived = try Self.derive(from: password, salt: salt, cost: cost, length: key.count)
        // Keys are compared in constant time.
        return SymmetricKey(data: derived) == SymmetricKey(data: key)
    }

    private static func derive(from password: [UInt8], salt: [UInt8], cost: Cost, length: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password,
            salt: salt,
            outputByteCount: length,
            rounds: 1 << cost.logarithmOfRounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        // There is no other way out of a key; the bytes are copied before it goes.
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }
}

extension PasswordHash: CustomStringConvertible {
    package var description: String {
        let cost = "ln=\(cost.logarithmOfRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "$scrypt$\(cost)$\(Self.text(salt))$\(Self.text(key))"
    }

    // PHC strings have base64 without its padding, in one form only.
    private static func text(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString()
        return String(text.prefix { $0 != "=" })
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count <= 128, !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        let bytes = Array(data)
        return Self.text(bytes) == text ? bytes : nil
    }
}

extension PasswordHash.Cost {
    /// Reads `ln=15,r=8,p=1`, in this order and without another word.
    init?(_ text: Substring) {
        let parameters = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parameters.count == 3, let rounds = Self.number(parameters[0], after: "ln="),
            let blockSize = Self.number(parameters[1], after: "r="),
            let parallelism = Self.number(parameters[2], after: "p=")
        else { return nil }
        self.init(logarithmOfRounds: rounds, blockSize: blockSize, parallelism: parallelism)
        guard isAcceptable else { return nil }
    }

    private static func number(_ text: Substring, after prefix: String) -> Int? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard (1...2).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int(digits)
    }
}
