import Agent
import FoundationEssentials
import Trust

/// What is baked into this agent: compiled in, or put behind the end of its file by `ca-tools bake`.
enum OperatorTrust {
    /// How a bundle came into this agent.
    enum Source: String, Encodable {
        case compiledIn = "compiled-in"
        case bakedIn = "baked-in"

        /// The way in words.
        var sentence: String {
            switch self {
            case .compiledIn: "compiled into this agent"
            case .bakedIn: "baked into this agent's file"
            }
        }
    }

    /// The bundle, whether or not it may be used.
    static func bundle() throws -> OperatorBundle { try bundleAndSource().bundle }

    /// The bundle and the way it came here.
    static func bundleAndSource() throws -> (bundle: OperatorBundle, source: Source) {
        do throws(BundleRefusal) {
            return try find()
        } catch {
            throw AgentExit(error)
        }
    }

    /// The same for whoever reports a refusal as it is.
    static func find() throws(BundleRefusal) -> (bundle: OperatorBundle, source: Source) {
        guard EmbeddedOperatorCA.bundle.isEmpty else {
            return (try OperatorBundle.decode(EmbeddedOperatorCA.bundle), .compiledIn)
        }
        switch BundleTrailer.find(in: try program()) {
        case .nothing:
            throw .missing
        case .damaged:
            // The words that `ca-tools bake` looks for in a program stand here, so that no linker drops them.
            throw .unreadable("this agent's file is damaged (\(EmbeddedOperatorCA.slot))")
        case .bundle(let bytes):
            return (try OperatorBundle.decode(bytes), .bakedIn)
        }
    }

    /// This program's own file, of which only the pages that are looked at are read.
    private static func program() throws(BundleRefusal) -> Data {
        #if canImport(Darwin)
        let path = CommandLine.arguments[0]
        #else
        // Leads to the running program even after an upgrade has put another one in its place.
        let path = "/proc/self/exe"
        #endif
        do {
            return try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw .unreadable("this agent's own file at \(path) cannot be read")
        }
    }

    /// The roots that may be used now.
    static func anchors(of bundle: OperatorBundle) throws -> TrustAnchors {
        do throws(BundleRefusal) {
            return try bundle.anchors(at: .now)
        } catch {
            throw AgentExit(error)
        }
    }
}
