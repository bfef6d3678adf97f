import Agent
import ArgumentParser
import Trust
import TunnelProtocol

/// Where a device enrols.
enum EnrolmentServer {
    /// - Parameters:
    ///   - text: What was said: `host`, `host:port`, or either behind `https://`.
    ///   - setup: Says which edge is the first one, and under which name edges are known.
    ///   - bundle: The operator's.
    /// - Returns: The address, and the name that the edge's certificate must carry there.
    /// - Throws: When it is not known.
    static func target(_ text: String?, _ setup: AgentSetup, _ bundle: OperatorBundle) throws -> EdgeTarget {
        let address = try text.map(address) ?? standard(setup, bundle)
        guard let address else {
            throw AgentExit(
                code: 2,
                problem: "It is not known where to enrol: the operator's bundle names no edge.",
                nextStep: "Name one with --server."
            )
        }
        return EdgeTarget(address, of: bundle, name: setup.settings.edgeName)
    }

    /// Reads what was said.
    static func address(_ text: String) throws -> EdgeAddress {
        var rest = text[...]
        if rest.lowercased().hasPrefix("https://") {
            rest = rest.dropFirst("https://".count)
            if rest.hasSuffix("/") { rest = rest.dropLast() }
        }
        guard let address = EdgeAddress(String(rest), standardPort: TunnelConstants.enrolmentPort) else {
            throw ValidationError("--server: '\(text)' is not host, host:port or https://host:port")
        }
        return address
    }

    /// The first edge, at the port where edges enrol.
    private static func standard(_ setup: AgentSetup, _ bundle: OperatorBundle) -> EdgeAddress? {
        setup.edges(bundle).first.flatMap { edge in
            let host = edge.address.host
            let text = host.contains(":") ? "[\(host)]" : host
            return EdgeAddress(text, standardPort: TunnelConstants.enrolmentPort)
        }
    }
}
