import Edge
import Settings

extension ProxySettings {
    /// The table of all settings; the parser, `--help` and docs/configuration.md follow from it.
    static let table = SettingTable<ProxySettings>(
        prefix: "OSM_PROXY_",
        identity + listeners + sites + visitors + limits + deadlines + tunnels + logs
    )

    typealias Row = Setting<ProxySettings>

    private static var identity: [Row] {
        [
            Row(
                "standalone",
                .truth,
                \.isStandalone,
                change: .restart,
                "Run without a control plane: devices are known by their certificates, names are first come."
            ),
            Row(
                "public_url",
                .publicURL,
                optional: \.publicURL,
                change: .restart,
                "How visitors reach the names under the base domain, such as https://*.tunnel.example.com."
            ),
            Row(
                "certificate",
                .file,
                optional: \.certificate,
                change: .restart,
                "The edge's certificate chain, PEM, leaf first. What is in it may change at any time."
            ),
            Row(
                "key",
                .file,
                optional: \.key,
                change: .restart,
                "The private key of that certificate, PEM. What is in it may change at any time."
            ),
            Row(
                "operator_bundle",
                .file,
                optional: \.operatorBundle,
                change: .restart,
                "The operator's bundle, as ca-tools writes it. What is in it may change at any time."
            ),
            Row(
                "device_crl",
                .file,
                optional: \.deviceRevocations,
                change: .restart,
                "The list of revoked devices, PEM. What is in it may change at any time."
            ),
        ]
    }

    private static var listeners: [Row] {
        [
            Row(
                "tunnel.listen",
                .listenAddress,
                \.tunnelListen,
                change: .restart,
                "Where agents connect; by default on every address, those of IPv4 alone where there is no IPv6."
            ),
            Row(
                "visitor.listen",
                .listenAddress,
                \.visitorListen,
                change: .restart,
                "Where visitors, or the TLS terminator in front, connect."
            ),
            Row(
                "admin.listen",
                .literalAddress,
                \.adminListen,
                change: .restart,
                "Where health, metrics, tunnels and this configuration are served to operators."
            ),
            Row(
                "internal.listen",
                .adminAddress,
                orElse: "off",
                \.internalListen,
                change: .restart,
                "Where the TLS terminator in front asks which names are served."
            ),
            Row(
                "internal.asks_per_second",
                .count(1...100_000),
                \.ask.perSecond,
                change: .restart,
                "How often it may ask; more is answered with 429."
            ),
            Row(
                "internal.ask_burst",
                .count(1...100_000),
                \.ask.burst,
                change: .restart,
                "How often it may ask at once, after a quiet time."
            ),
            Row(
                "enroll.listen",
                .literalAddress,
                optional: \.enrolListen,
                change: .restart,
                "Where devices with an invitation get their first certificate; by default nowhere."
            ),
            Row(
                "issuer",
                .unixSocket,
                optional: \.issuer,
                change: .restart,
                """
                The socket of ca-tools serve, which signs devices' certificates: to enrol devices, and for agents to \
                renew theirs.
                """
            ),
        ]
    }

    private static var sites: [Row] {
        [
            Row(
                "bind",
                .binding,
                list: \.bindings,
                change: .live,
                """
                Bind a host, or *.host for the names next to it, or a path of either, to devices for good. Visitors go to \
                the device with the fewest open requests, or with ;sticky to the one they had before.
                """
            ),
            Row(
                "sticky_key",
                leastBytes: StickyKey.leastBytes,
                secret: \.stickyKey,
                change: .restart,
                "What sticky cookies are made of, at least 32 bytes; edges that stand for each other share one."
            ),
            Row(
                "raw.ports",
                .ports,
                optional: \.raw.ports,
                change: .restart,
                "The TCP and UDP ports that devices may register, such as 20000-20100; by default none."
            ),
            Row(
                "raw.listen",
                .text("host"),
                \.raw.host,
                change: .restart,
                "The address on which those ports are opened; the default is like that of `tunnel.listen`."
            ),
            Row(
                "raw.reserve",
                .count(1...65_535),
                list: \.rawReserved,
                change: .restart,
                "A port of that range that no device gets."
            ),
        ]
    }

    private static var visitors: [Row] {
        [
            Row(
                "trusted_proxies",
                .trustedProxy,
                list: \.trustedProxies,
                change: .live,
                "Whose word about visitors is believed: addresses, CIDR blocks, loopback, private."
            ),
            Row(
                "visitor.proxy_protocol",
                .truth,
                \.border.proxyProtocol,
                change: .restart,
                "Every connection of a visitor begins with a PROXY protocol header; only trusted proxies may connect then."
            ),
            Row(
                "visitor.connections",
                .count(1...1_000_000),
                \.visitorLimit,
                change: .live,
                "Visitors' connections that may be open at once."
            ),
            Row(
                "visitor.connections_per_address",
                .count(1...1_000_000),
                \.border.connectionsPerAddress,
                change: .live,
                "The same for one IPv4 address or IPv6 /64; trusted proxies have no such limit."
            ),
            Row(
                "visitor.reserved_descriptors",
                .count(0...1_000_000),
                orElse: "auto",
                \.border.reservedDescriptors,
                change: .live,
                "Descriptors that visitors cannot take; auto is an eighth of what the process may have."
            ),
        ]
    }
}
