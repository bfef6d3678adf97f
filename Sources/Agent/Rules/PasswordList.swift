/// Who may come in, as a password file says: one `user:hash` a line; empty lines and those that begin with `#` say nothing.
struct PasswordList: Sendable, Equatable {
    private let hashes: [String: PasswordHash]
    /// Checked for a user who is not in the list, at the price of the dearest one who is.
    private let decoy: PasswordHash

    static let longestText = 256 * 1024
    static let mostUsers = 1000
    static let longestName = 128

    /// Reads the whole of a file.
    ///
    /// - Throws: An error that names the first line that is wrong, and quotes neither a hash nor what stands in its place.
    init(_ text: String) throws(VisitorRulesError) {
        var hashes: [String: PasswordHash] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let (user, hash) = try Self.entry(line, number: index + 1)
            guard hashes.updateValue(hash, forKey: user) == nil else {
                throw Self.problem(index + 1, "'\(user.quotable)' has a line already")
            }
            guard hashes.count <= Self.mostUsers else {
                throw Self.problem(index + 1, "there are more than \(Self.mostUsers) users")
            }
        }
        guard let dearest = hashes.values.max(by: { $0.cost.work < $1.cost.work }) else {
            throw VisitorRulesError(.passwords, "it names no user; make a line with: osm-agent password hash USER")
        }
        self.hashes = hashes
        decoy = PasswordHash(
            cost: dearest.cost,
            salt: [UInt8](repeating: 0, count: dearest.salt.count),
            key: [UInt8](repeating: 0, count: dearest.key.count)
        )
    }

    /// What a password of that user is held against, and whether there is such a user.
    func hash(of user: String) -> (hash: PasswordHash, isKnown: Bool) {
        hashes[user].map { ($0, true) } ?? (decoy, false)
    }

    private static func entry(_ line: Substring, number: Int) throws(VisitorRulesError) -> (String, PasswordHash) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw problem(number, "there is no colon between a user and a hash")
        }
        let user = String(line[..<colon])
        guard BasicCredentials.isName(user.utf8) else {
            throw problem(number, "the user's name is empty, too long, or has a control character")
        }
        let rest = line[line.utf8.index(after: colon)...]
        guard let hash = PasswordHash(rest) else {
            throw problem(
                number,
                "the password of '\(user.quotable)' is \(kind(of: rest)); make a new line with: osm-agent password hash USER"
            )
        }
        return (user, hash)
    }

    /// Names what stands in place of a hash without saying any of it: it might be a password.
    private static func kind(of text: Substring) -> String {
        let known = [
            ("$scrypt$", "a scrypt hash of another form or cost than is taken"),
            ("$2", "a bcrypt hash, which is not taken"), ("$apr1$", "an MD5 hash, which is not taken"),
            ("$1$", "an MD5 hash, which is not taken"), ("{SHA}", "a SHA-1 hash, which is not taken"),
            ("$5$", "a SHA-256 hash, which is not taken"), ("$6$", "a SHA-512 hash, which is not taken"),
            ("$argon2", "an Argon2 hash, which is not taken"),
        ]
        return known.first { text.hasPrefix($0.0) }?.1 ?? "not hashed"
    }

    private static func problem(_ line: Int, _ sentence: String) -> VisitorRulesError {
        VisitorRulesError(.passwords, "line \(line): \(sentence)")
    }
}
