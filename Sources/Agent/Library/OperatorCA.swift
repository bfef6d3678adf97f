import FoundationEssentials
import Trust

/// Whom a tunnel trusts: the roots of one operator, and where the operator's edges are.
///
/// It is public, not secret, and must reach people together with the app, as a resource of it: whoever can exchange it
/// decides where the visitors' traffic goes. The system's certificates are never consulted.
public struct OperatorCA: Sendable {
    let bundle: OperatorBundle

    /// The domain below which the operator gives names.
    public var domain: String { bundle.domain }

    /// The tunnel addresses of the operator's edges, `host:port`; what a tunnel dials unless it is told otherwise.
    public var edges: [String] { bundle.edges }

    /// Reads what the operator's `ca-tools` wrote as `operator-ca.json`.
    ///
    /// Whether its roots are valid now is found out when a tunnel is made.
    ///
    /// - Parameter bundle: The file's bytes, at most 64 KiB.
    /// - Throws: ``TunnelError`` when it cannot be read.
    public init(bundle: [UInt8]) throws(TunnelError) {
        do throws(BundleRefusal) {
            self.bundle = try OperatorBundle.decode(bundle)
        } catch {
            throw TunnelError(AgentExit(error))
        }
    }

    /// Reads the file that the operator's `ca-tools` wrote.
    ///
    /// - Parameter path: The path of `operator-ca.json`, in a place that only the app's installation can write to.
    /// - Throws: ``TunnelError`` when it cannot be read.
    public init(file path: String) throws(TunnelError) {
        let bytes = SmallText.bytes(of: path, limit: OperatorBundle.limit)
        guard let bytes else {
            throw TunnelError(
                hop: .device,
                code: 20,
                problem: "There is no operator CA: \(path) cannot be read.",
                nextStep: "Give the app the operator-ca.json that the operator's ca-tools wrote."
            )
        }
        try self.init(bundle: bytes)
    }
}

/// Files that are small, or else not what was meant.
enum SmallText {
    /// - Returns: The contents; nil when they are larger than the limit or cannot be read.
    static func bytes(of path: String, limit: Int) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= limit else { return nil }
        return Array(data)
    }
}
