import Agent
import ArgumentParser
import ProxyProtocol

/// How the agent speaks to the local service of an HTTP endpoint.
struct OriginOptionGroup: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The Host that the service is told: rewrite for the target's own, or any host; by default the visitor's.",
            valueName: "rewrite|host"
        )
    )
    var hostHeader: String?

    @Option(
        name: .customLong("upstream-ca"),
        help: ArgumentHelp(
            "CA certificates (PEM) that an https:// service must be signed by, in place of the system's.",
            valueName: "file"
        )
    )
    var upstreamCA: String?

    @Option(
        help: ArgumentHelp(
            "The name that the certificate of an https:// service must carry; by default the target's host.",
            valueName: "name"
        )
    )
    var upstreamServerName: String?

    @Option(
        help: ArgumentHelp(
            "Tell the service who the visitor is, in a header before each connection.",
            valueName: "v1|v2"
        )
    )
    var proxyProtocol: ProxyHeader.Version?

    @Flag(help: "Let the target be a name, or an address of a private network (RFC 1918, RFC 4193).")
    var allowPrivate = false

    @Flag(help: "Show what is in a folder that has no index page.")
    var listing = false

    /// Writes the options into the description of an endpoint, which checks them.
    func describe(_ spec: inout EndpointSpec) {
        spec.hostHeader = hostHeader
        spec.upstreamCA = upstreamCA.map(FilePaths.here.resolved)
        spec.upstreamServerName = upstreamServerName
        spec.proxyProtocol = proxyProtocol?.rawValue
        spec.allowPrivate = allowPrivate
        spec.listing = listing
    }
}
