import Agent
import FoundationEssentials
import Trust

/// What is baked into this agent.
enum OperatorTrust {
    /// The bundle, whether or not it may be used.
    static func bundle() throws -> OperatorBundle {
        do throws(BundleRefusal) {
            return try OperatorBundle.decode(EmbeddedOperatorCA.bundle)
        } catch {
            throw AgentExit(error)
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
