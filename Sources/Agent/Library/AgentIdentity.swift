import Trust

/// What a device shows to edges: a key that was made on it, and the certificate that its operator issued for the key.
///
/// The key is a secret: printing, reflecting or interpolating an identity names the device and never shows it.
public struct AgentIdentity: Sendable, CustomStringConvertible, CustomReflectable {
    let credentials: DeviceCredentials

    /// The device's name in its certificate, which the operator chose.
    public var device: String { credentials.identity.id }

    /// The certificate and that of the CA behind it, as PEM; no secret.
    public var chainPEM: String { credentials.chainPEM }

    /// The device's name, and nothing of the key.
    public var description: String { "identity of device \(device)" }

    /// The device's name, and nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: ["device": device]) }

    /// Puts a key and the chain that was issued for it together.
    ///
    /// Whether an edge would accept them now is found out when a tunnel is made.
    ///
    /// - Parameters:
    ///   - keyPEM: The private key, PKCS#8.
    ///   - chainPEM: The device's certificate, and behind it the one of the CA that issued it.
    /// - Throws: ``TunnelError`` when one cannot be read or they do not belong together.
    public init(keyPEM: String, chainPEM: String) throws(TunnelError) {
        do throws(DeviceCredentialsError) {
            credentials = try DeviceCredentials(keyPEM: keyPEM, chainPEM: chainPEM)
        } catch {
            throw TunnelError(
                hop: .device,
                code: 24,
                problem: error.sentence,
                nextStep: "Give the key that the request was made with, and the chain as the operator issued it."
            )
        }
    }

    init(_ credentials: DeviceCredentials) { self.credentials = credentials }

    /// Reads `device.key` and `device.pem` from a folder, as `osm-agent identity` keeps them.
    ///
    /// - Parameter path: The folder, which nobody but this user should be able to read.
    /// - Throws: ``TunnelError`` when one is missing, cannot be read, or they do not belong together.
    public init(folder path: String) throws(TunnelError) {
        try self.init(keyPEM: Self.text(of: "\(path)/device.key"), chainPEM: Self.text(of: "\(path)/device.pem"))
    }

    /// Makes a new key, and the request with which an operator issues a certificate for it.
    ///
    /// Keep the key where the platform keeps secrets. It must not leave the device; the request is no secret.
    ///
    /// - Parameter name: What the operator reads to recognise the device; the certificate may say something else.
    /// - Returns: Both as PEM.
    /// - Throws: ``TunnelError`` when the name cannot stand in a request.
    public static func request(name: String) throws(TunnelError) -> (keyPEM: String, requestPEM: String) {
        do {
            return try DeviceCredentials.request(commonName: name)
        } catch {
            throw TunnelError(app: "There is no request for the name '\(name)'.", nextStep: "Use a plain short one.")
        }
    }

    /// A key or a chain of two certificates is a few kilobytes.
    private static let longestFile = 64 * 1024

    private static func text(of path: String) throws(TunnelError) -> String {
        guard let bytes = SmallText.bytes(of: path, limit: longestFile) else {
            throw TunnelError(
                hop: .device,
                code: 24,
                problem: "This device has no identity: \(path) cannot be read.",
                nextStep: "Make a key, have the operator issue a certificate for it, and put both into the folder."
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
