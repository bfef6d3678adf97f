import AdminHTTP
import ArgumentParser
import Edge
import Logging
import Settings
import Telemetry
import UnixSignals

/// `osm-proxy run`.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the edge until it is told to stop.",
        usage: "osm-proxy run [--config <file>] [<setting> ...]",
        discussion: """
            SIGTERM and SIGINT drain: agents are told to go elsewhere, and what is under
            way may finish (--deadlines-drain); a second one ends at once, with 143 or 130.
            SIGHUP reads the configuration again, without dropping a stream. The
            certificate, its key, the bundle and the revocation list are read again when
            their files change; a revoked device loses its tunnels within 5 seconds.

            When every listener is bound, one line of JSON on standard output says so:
              {"admin":"127.0.0.1:8081","event":"listening",
               "internal":"127.0.0.1:8082","tunnel":"[::]:8443",
               "visitor":"127.0.0.1:8080"}

            Example:
              osm-proxy run --standalone --certificate edge.pem --key edge.key \\
                --operator-bundle operator-ca.json --device-crl devices.crl \\
                --public-url 'https://*.tunnel.example.com'

            SETTINGS
            Each of them can also stand in the configuration file (tunnel.listen) and in
            the environment (OSM_PROXY_TUNNEL_LISTEN); a flag counts before the
            environment, and that before the file.

            \(SettingsText.help)

            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        // While files are read a SIGHUP waits, rather than end the process.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let loader = options.loader
        let start = try loader.loadForRunning()
        let settings = start.resolution.target
        let threshold = LogThreshold(settings.logLevel)
        Telemetry.startLogging(threshold: threshold, format: settings.logFormat)

        DescriptorLimit.raise()
        let registry = PrometheusRegistry()
        let logger = Logger(label: "osm-proxy")
        let present = PresentSettings(start)
        let edge = try EdgeService(
            configuration: await DefaultHosts().fit(start, logger: logger),
            software: OsmProxyVersion.text,
            registry: registry,
            logger: logger,
            describe: { present.json }
        ) { addresses in
            StandardStream.output.write(addresses.json + "\n")
        }
        let reload = Reload(
            loader: loader,
            present: present,
            edge: edge,
            threshold: threshold,
            registry: registry,
            logger: logger
        )
        try await Lifecycle(
            edge: edge,
            reloads: ReloadQueue(reload.run),
            hangups: hangups,
            drain: start.configuration.drainDeadline,
            logger: logger
        ).run()
    }
}
