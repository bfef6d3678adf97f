import AdminHTTP
import Agent
import Inspector
import Logging
import Synchronization

/// What looks on at the requests of one agent: the log that keeps them, and the page that shows them.
///
/// ## Concurrency
/// A lock owns the link, which is there once the page is.
final class Inspection: Sendable {
    private let log: ExchangeLog
    private let place: Place
    private let link = Mutex<String?>(nil)

    private struct Place {
        var host = "127.0.0.1"
        var ports = InspectorServer.standardPorts
    }

    /// - Returns: Nil when nobody is to look on: then nothing is recorded, and nothing listens.
    init?(_ settings: AgentSettings) {
        guard settings.inspects else { return nil }
        log = ExchangeLog(redaction: settings.inspectsSecrets ? .nothing : .secrets)
        // The settings hold no other kind of address.
        if case .tcp(let host, let port)? = AdminAddress(settings.inspectAddress) {
            place = Place(host: host, ports: InspectorServer.ports(from: port))
        } else {
            place = Place()
        }
    }

    var observer: InspectingObserver { InspectingObserver(log: log) }

    /// The link with the secret in it; nil while nothing listens.
    var url: String? { link.withLock { $0 } }

    /// The page of an agent.
    ///
    /// - Parameters:
    ///   - agent: Who sends requests again, and whose state is shown.
    ///   - logger: Hears of ports that are taken, never of the link.
    ///   - opened: Told the link, for a person.
    /// - Returns: A service that listens once it runs.
    func page(of agent: AgentService, logger: Logger, opened: @escaping @Sendable (String) -> Void) -> InspectorServer {
        InspectorServer(
            log: log,
            host: place.host,
            ports: place.ports,
            replay: { request in
                try await agent.replay(
                    request.fields,
                    body: request.body,
                    of: request.replayOf,
                    by: request.endpoint
                )
            },
            status: {
                do { return try JSONText.of(agent.state.current) } catch { return "{}" }
            },
            version: AgentVersion.text,
            logger: logger,
            opened: { [self] link in
                self.link.withLock { $0 = link }
                opened(link)
            }
        )
    }
}
