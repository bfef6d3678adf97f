import Agent
import FoundationEssentials
import Trust

/// Where a device keeps its key and the chain that was issued for it.
///
/// `device.key` (0600) never leaves the folder (0700); `device.csr` goes to the operator, `device.pem` comes back. While a
/// device that has an identity enrols for another one, `device.key.next` is the key of that.
struct IdentityFolder {
    let path: String

    /// The folder that is used when none is named, as the XDG base directory specification has it.
    static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/osm-agent" }
        let home = environment["HOME"] ?? "."
        #if os(macOS)
        return "\(home)/Library/Application Support/osm-agent"
        #else
        return "\(home)/.local/state/osm-agent"
        #endif
    }

    var keyPath: String { "\(path)/device.key" }
    var requestPath: String { "\(path)/device.csr" }
    var chainPath: String { "\(path)/device.pem" }
    private var nextKeyPath: String { "\(path)/device.key.next" }

    /// Makes a key and a request for it; an existing key is never overwritten.
    func create(name: String) throws {
        try PrivateFolder.prepare(path)
        guard !FileManager.default.fileExists(atPath: keyPath) else {
            throw AgentExit(
                code: 1,
                problem: "There is a device key in \(path) already.",
                nextStep: "Keep it, or name another folder with --identity."
            )
        }
        let made = try DeviceCredentials.request(commonName: name)
        try write(made.requestPEM + "\n", to: requestPath, mode: 0o644)
        try write(made.keyPEM + "\n", to: keyPath, mode: 0o600)
    }

    /// Takes a chain into the folder once it is seen to fit the key; a crash leaves the old one or the new one.
    @discardableResult
    func install(chainPEM: String) throws -> DeviceCredentials {
        let credentials = try credentials(chainPEM: chainPEM)
        try replace(chainPath, chainPEM, mode: 0o644)
        return credentials
    }

    // MARK: Enrolling

    /// The key to enrol with: it stays until it is known what came of it, so that an answer that was lost can be asked for
    /// again.
    ///
    /// - Parameter isAnother: Whether the device shall get a new key although it has one.
    /// - Returns: PKCS#8 as PEM.
    /// - Throws: When the folder cannot be written.
    func keyToEnrol(isAnother: Bool) throws -> String {
        try PrivateFolder.prepare(path)
        // One that was left behind may be what the token at hand was first shown with.
        let place = isAnother || text(of: nextKeyPath) != nil ? nextKeyPath : keyPath
        if let key = text(of: place) { return key }
        let key = try DeviceCredentials.request(commonName: "device").keyPEM + "\n"
        try replace(place, key, mode: 0o600)
        return key
    }

    /// Takes what the key was enrolled as.
    ///
    /// The key goes first: whoever runs the command again after a crash in between asks with the right one.
    func adopt(_ credentials: DeviceCredentials) throws {
        if text(of: keyPath) != credentials.keyPEM {
            try replace(keyPath, credentials.keyPEM, mode: 0o600)
        }
        try replace(chainPath, credentials.chainPEM, mode: 0o644)
        do { try FileManager.default.removeItem(atPath: nextKeyPath) } catch {}  // there is none, as a rule
    }

    /// The key and chain that are there.
    func credentials() throws -> DeviceCredentials {
        guard let chain = text(of: chainPath) else {
            throw AgentExit(
                code: 24,
                problem: "This device has no certificate: there is no \(chainPath).",
                nextStep: nextStep
            )
        }
        return try credentials(chainPEM: chain)
    }

    /// What comes before the certificate is there.
    private var nextStep: String {
        let folder = path == Self.standardPath ? "" : " --identity \(path)"
        guard FileManager.default.fileExists(atPath: keyPath) else {
            return """
                Ask your operator for an invitation, and enrol with: osm-agent enroll\(folder); or make a key and a \
                request by hand with: osm-agent identity create\(folder)
                """
        }
        return """
            Send \(requestPath) to your operator, and take the certificate that comes back with: \
            osm-agent identity install\(folder) device.pem
            """
    }

    private func credentials(chainPEM: String) throws -> DeviceCredentials {
        guard let key = text(of: keyPath) else {
            throw AgentExit(
                code: 24,
                problem: "This device has no key: there is no \(keyPath).",
                nextStep: nextStep
            )
        }
        do throws(DeviceCredentialsError) {
            return try DeviceCredentials(keyPEM: key, chainPEM: chainPEM)
        } catch {
            throw AgentExit(code: 24, problem: error.sentence, nextStep: "Look at the files in \(path).")
        }
    }

    private func text(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private func replace(_ file: String, _ text: String, mode: Int) throws {
        do {
            try PrivateFile.replace(file, Array(text.utf8), mode: mode)
        } catch {
            throw failure("\(file) cannot be written")
        }
    }

    /// Writes beside the target and renames; what is there stays.
    private func write(_ text: String, to path: String, mode: Int) throws {
        let files = FileManager.default
        let temporary = "\(path).new"
        let attributes: [FileAttributeKey: any Sendable] = [.posixPermissions: mode]
        guard files.createFile(atPath: temporary, contents: Data(text.utf8), attributes: attributes) else {
            throw failure("\(temporary) cannot be written")
        }
        do {
            try files.moveItem(atPath: temporary, toPath: path)
        } catch {
            throw failure("\(path) cannot be written")
        }
    }

    private func failure(_ problem: String) -> AgentExit {
        AgentExit(code: 1, problem: "The identity in \(path): \(problem).", nextStep: "Is the disk full or read-only?")
    }
}
