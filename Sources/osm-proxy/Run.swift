import ArgumentParser
import Edge
import Logging
import ServiceLifecycle
import Telemetry

/// `osm-proxy run`.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the edge until it is told to stop.",
        discussion: """
            SIGTERM and SIGINT drain: agents are told to go elsewhere, what is under way may finish within 30 seconds,
            a second signal ends at once. The certificate, its key and the revocation list are read again when their
            files change; a revoked device loses its tunnels within 5 seconds.

            Prints one line of JSON on standard output when every listener is bound:
              {"event":"listening","tunnel":"127.0.0.1:8443","visitor":"127.0.0.1:8080","admin":"127.0.0.1:8081"}

            Example:
              osm-proxy run --standalone --certificate edge.pem --key edge.key --operator-bundle operator-ca.json \\
                --device-crl devices.crl --public-url 'https://*.tunnel.example.com'
            """
    )

    @Flag(help: "Run without a control plane: devices are known by their certificates, names are first come.")
    var standalone = false

    @Option(help: ArgumentHelp("Where agents connect.", valueName: "host:port"))
    var tunnelListen = "[::]:8443"

    @Option(help: ArgumentHelp("Where visitors, or the TLS terminator in front, connect.", valueName: "host:port"))
    var visitorListen = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("Where health, metrics and tunnels are served to operators.", valueName: "host:port"))
    var adminListen = "127.0.0.1:8081"

    @Option(help: ArgumentHelp("The edge's certificate chain, PEM, leaf first.", valueName: "file"))
    var certificate: String

    @Option(help: ArgumentHelp("The private key of that certificate, PEM.", valueName: "file"))
    var key: String

    @Option(help: ArgumentHelp("The operator's bundle, as ca-tools writes it.", valueName: "file"))
    var operatorBundle: String

    @Option(help: ArgumentHelp("The list of revoked devices, PEM.", valueName: "file"))
    var deviceCrl: String?

    @Option(
        help: ArgumentHelp(
            "How visitors reach the names under the base domain, such as https://*.tunnel.example.com.",
            valueName: "url"
        )
    )
    var publicUrl: String

    @Option(
        help: ArgumentHelp(
            """
            Bind a host, or *.host for the names next to it, or a path of either, to devices for good. Repeatable. \
            Visitors go to the device with the fewest open requests, or with ;sticky to the one they had before.
            """,
            valueName: "host[/path]=device[,device][;sticky]"
        )
    )
    var bind: [String] = []

    @OptionGroup var raw: RawOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard standalone else {
            throw ValidationError(
                "there is no control plane to run with yet: pass --standalone to serve by certificates alone"
            )
        }
    }

    func run() async throws {
        logging.start()
        let registry = PrometheusRegistry()
        let logger = Logger(label: "osm-proxy")
        let edge = try EdgeService(
            configuration: try configuration(),
            software: OsmProxyVersion.text,
            registry: registry,
            logger: logger
        ) { addresses in
            StandardStream.output.write(addresses.json + "\n")
        }
        try await Self.lifecycle(of: edge, logger: logger).run()
    }

    private func configuration() throws -> EdgeConfiguration {
        guard let publicURL = PublicURL(publicUrl) else {
            throw ValidationError("--public-url: '\(publicUrl)' is not of the form https://*.tunnel.example.com")
        }
        var configuration = EdgeConfiguration(
            tunnelAddress: try address(tunnelListen, "--tunnel-listen"),
            visitorAddress: try address(visitorListen, "--visitor-listen"),
            adminAddress: try address(adminListen, "--admin-listen"),
            publicURL: publicURL,
            identity: EdgeIdentityFiles(
                certificate: certificate,
                key: key,
                operatorBundle: operatorBundle,
                deviceRevocations: deviceCrl
            )
        )
        configuration.raw = try raw.configuration()
        configuration.fixedBindings = try bind.map(fixedBinding)
        return configuration
    }

    private func fixedBinding(_ text: String) throws -> FixedBinding {
        do throws(FixedBinding.Refusal) {
            return try FixedBinding(text)
        } catch {
            throw ValidationError("--bind: '\(text)': \(error)")
        }
    }

    private func address(_ text: String, _ flag: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw ValidationError("\(flag): '\(text)' is not host:port, such as 127.0.0.1:8080 or [::]:8443")
        }
        return address
    }
}
