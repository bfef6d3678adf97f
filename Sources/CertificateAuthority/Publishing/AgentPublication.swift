package import Cryptography
package import FoundationEssentials

/// Everything that a laptop downloads, made ready for one operator.
package struct AgentPublication: Sendable {
    /// What a run changed.
    package struct Outcome: Encodable, Equatable, Sendable {
        /// Every agent that is on offer, by its file name.
        package let agents: [String]
        /// The names of the files that were written; empty when all was as it should be.
        package let written: [String]
        /// The key by which the installer checks the sums.
        package let signingKey: String

        private enum CodingKeys: String, CodingKey {
            case agents, written
            case signingKey = "signing_key"
        }
    }

    private static let sums = "SHA256SUMS"
    /// Everybody may read what everybody downloads.
    private static let publicMode: UInt32 = 0o644

    private let agents: String
    private let installer: String
    private let address: DownloadAddress
    private let place: String

    /// - Parameters:
    ///   - agents: A folder with prebuilt agents, `osm-agent-OS-ARCH`.
    ///   - installer: The path of `install.sh`.
    ///   - address: Where the files will be fetched from.
    ///   - place: The folder to write to, which must be there.
    package init(agents: String, installer: String, address: DownloadAddress, to place: String) {
        self.agents = agents
        self.installer = installer
        self.address = address
        self.place = place
    }

    /// Writes what is not there yet or not as it should be, each file in one step and the sums last.
    ///
    /// An agent whose bundle differs in nothing but its date stays as it is, so that its sum does, too.
    package func write(for folder: AuthorityFolder, now: Date = Date()) throws -> Outcome {
        let bundle = try OperatorBundleFile(of: folder, now: now)
        let key = try folder.readOrMakeSigningKey()
        let released = try at(installer) { try DurableFile.read(installer, limit: AuthorityFolder.fileLimit) }
        let script = try InstallerScript(released, path: installer)
        let root = try folder.rootFingerprint()
        let names = try agentNames()
        try sweepStrays()
        var written: [String] = []
        var sums: [String] = []
        for name in names {
            let (sum, isNew) = try publish(name, bundle)
            sums.append("\(sum)  \(name)\n")
            if isNew { written.append(name) }
        }
        let (signingKey, keyFile) = try at(folder.signingKey) {
            (try Minisign.publicKey(key), try Minisign.publicKeyFile(key))
        }
        let filled = script.filled(url: address, signingKey: signingKey, root: root)
        sums.append("\(try at(installer) { try Digest.sha256(filled).hexadecimal })  install.sh\n")
        written += try writeChanged("signing.pub", Array(keyFile.utf8), mode: Self.publicMode)
        written += try writeChanged("install.sh", filled, mode: 0o755)
        written += try writeSums(Array(sums.joined().utf8), key, signingKey, now)
        return Outcome(agents: names, written: written, signingKey: signingKey)
    }

    /// What a change of these files makes outdated; for whoever watches.
    package func sourceStamps() throws -> [String: FileStamp] {
        let paths = try agentNames().map { "\(agents)/\($0)" } + [installer]
        return Dictionary(
            paths.compactMap { path in DurableFile.stamp(path).map { (path, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func agentNames() throws -> [String] {
        let names = try AuthorityFolder(agents).entries(of: agents).filter(Self.isAgentName)
        guard !names.isEmpty else {
            throw AuthorityError(
                .invalidInput,
                "\(agents) holds no prebuilt agent",
                next: "put agents there that are called osm-agent-OS-ARCH, such as osm-agent-linux-x86_64"
            )
        }
        return names
    }

    /// `osm-agent-linux-x86_64` and its like: two words behind the program's name.
    private static func isAgentName(_ name: String) -> Bool {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "osm", words[1] == "agent" else { return false }
        return words[2...].allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                }
        }
    }

    /// Removes what a killed run left: agents are large.
    private func sweepStrays() throws {
        for name in try AuthorityFolder(place).entries(of: place)
        where name.hasPrefix(".osm-agent-") && name.hasSuffix(DurableFile.strayEnding) {
            try at(place) { try DurableFile.remove("\(place)/\(name)") }
        }
    }

    /// Answers the sum of what is on offer, and whether it was written just now.
    private func publish(_ name: String, _ bundle: OperatorBundleFile) throws -> (sum: String, isNew: Bool) {
        let source = try PrebuiltAgent(at: "\(agents)/\(name)")
        let path = "\(place)/\(name)"
        if let present = readPublished(path), present.program == source.program, let baked = present.bundle,
            bundle.saysTheSame(as: baked)
        {
            let bytes = try at(path) { try DurableFile.read(path, limit: PrebuiltAgent.limit) }
            return (try at(path) { try Digest.sha256(bytes).hexadecimal }, false)
        }
        let bytes = source.baked(with: bundle)
        return try at(path) {
            try DurableFile.replace(path, bytes, mode: 0o755)
            return (try Digest.sha256(bytes).hexadecimal, true)
        }
    }

    /// What is on offer by now; nil when it has to be made anew.
    private func readPublished(_ path: String) -> PrebuiltAgent? {
        guard DurableFile.mode(path) != nil else { return nil }
        do { return try PrebuiltAgent(at: path) } catch { return nil }
    }

    /// The signature goes first: whoever fetches both in between finds that they do not fit, and tries again.
    private func writeSums(
        _ bytes: [UInt8],
        _ key: Ed25519Key,
        _ publicKey: String,
        _ date: Date
    ) throws -> [String] {
        let name = "\(Self.sums).minisig"
        if let former = read(name), read(Self.sums) == bytes {
            let signature = String(decoding: former, as: UTF8.self)
            let isValid = try at(name) { try Minisign.isValid(signature, over: bytes, publicKey: publicKey) }
            if isValid { return [] }
        }
        let signature = try at(name) { try Minisign.signatureFile(over: bytes, named: Self.sums, at: date, by: key) }
        return try writeChanged(name, Array(signature.utf8), mode: Self.publicMode)
            + writeChanged(Self.sums, bytes, mode: Self.publicMode)
    }

    private func writeChanged(_ name: String, _ bytes: [UInt8], mode: UInt32) throws -> [String] {
        guard read(name) != bytes else { return [] }
        let path = "\(place)/\(name)"
        try at(path) { try DurableFile.replace(path, bytes, mode: mode) }
        return [name]
    }

    private func read(_ name: String) -> [UInt8]? {
        let path = "\(place)/\(name)"
        do { return try DurableFile.read(path, limit: AuthorityFolder.fileLimit) } catch { return nil }
    }
}
