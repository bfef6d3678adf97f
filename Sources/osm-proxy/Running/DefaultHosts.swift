import Edge
import Logging
import Settings

/// Where listeners are when nobody says on which addresses: on all that the machine has.
struct DefaultHosts {
    var isIPv6Missing: () async -> Bool = IPv6.isMissing

    private static let anyIPv4 = "0.0.0.0"

    /// Moves default listeners to IPv4 where there is no IPv6.
    ///
    /// An address that somebody wrote is meant: an edge that cannot have it fails rather than listen elsewhere.
    ///
    /// - Returns: What the engine is to be started with.
    func fit(_ start: PresentSettings.Present, logger: Logger) async -> EdgeConfiguration {
        var configuration = start.configuration
        let isDefault = { (key: String) in start.resolution.sources[key] == nil }
        let movesTunnels = isDefault("tunnel.listen")
        let movesPorts = isDefault("raw.listen") && configuration.raw.ports != nil
        guard movesTunnels || movesPorts, await isIPv6Missing() else { return configuration }
        var moved: [String] = []
        if movesTunnels {
            let port = configuration.tunnelAddress.port
            configuration.tunnelAddress = ListenAddress(host: Self.anyIPv4, port: port)
            moved.append("tunnel.listen")
        }
        if movesPorts {
            configuration.raw.host = Self.anyIPv4
            moved.append("raw.listen")
        }
        logger.notice(
            "no IPv6 on this machine; listening on all addresses of IPv4 instead",
            metadata: ["settings": "\(moved.joined(separator: " "))"]
        )
        return configuration
    }
}
