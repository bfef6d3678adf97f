import AdminHTTP
import Edge
import HTTP1
import HTTP2
import Logging
import NIOCore
import Settings
import Telemetry
import TunnelProtocol

/// Everything that can be set, with what counts when nobody sets it.
struct ProxySettings: Sendable {
    var isStandalone = false
    var publicURL: PublicURL?
    var certificate: String?
    var key: String?
    var operatorBundle: String?
    var deviceRevocations: String?

    var tunnelListen = ListenAddress(host: "::", port: 8443)
    var visitorListen = ListenAddress(host: "127.0.0.1", port: 8080)
    var adminListen = ListenAddress(host: "127.0.0.1", port: 8081)
    var internalListen: AdminAddress? = .tcp(host: "127.0.0.1", port: 8082)
    var ask = AskLimits()
    var enrolListen: ListenAddress?
    var issuer: AdminAddress?

    var bindings: [FixedBinding] = []
    var stickyKey: Secret?
    var trustedProxies: [String] = []

    var border = BorderLimits()
    var visitorLimit = 10_000
    var requestLine = 8 * 1024
    var headerSection = 32 * 1024
    var fields = 100
    var memoryBudget = 256 * 1024 * 1024

    var headDeadline = TimeAmount.seconds(15)
    var keepAliveDeadline = TimeAmount.seconds(75)
    var handshakeDeadline = TimeAmount.seconds(10)
    var drainDeadline = TimeAmount.seconds(30)
    var leaseTime = TimeAmount(TunnelConstants.leaseTime)
    var returnDeadline = TimeAmount.seconds(75)

    var handshakes = 1024
    var handshakesPerAddress = 16
    var tunnelsPerSecond = 100
    var tunnelBurst = 200

    var raw = RawConfiguration()
    var rawReserved: [Int] = []

    var logLevel = Logger.Level.info
    var logFormat = LogFormat.automatic
    var accessLog = AccessLogConfiguration()

    init() {}
}

extension ProxySettings {
    /// What the engine is started with.
    ///
    /// - Throws: `SettingsProblems` with every setting that is missing.
    func edgeConfiguration() throws(SettingsProblems) -> EdgeConfiguration {
        guard let publicURL, let certificate, let key, let operatorBundle, isStandalone else {
            throw SettingsProblems(Self.missing(besides: given))
        }
        var configuration = EdgeConfiguration(
            tunnelAddress: tunnelListen,
            visitorAddress: visitorListen,
            adminAddress: adminListen,
            publicURL: publicURL,
            identity: EdgeIdentityFiles(
                certificate: certificate,
                key: key,
                operatorBundle: operatorBundle,
                deviceRevocations: deviceRevocations
            )
        )
        configuration.internalAddress = internalListen
        configuration.ask = ask
        guard enrolListen == nil || issuer != nil else {
            let problem = "it must be set to enrol devices: unix: and the socket of ca-tools serve"
            throw SettingsProblems([SettingsProblem(.setting("issuer"), problem)])
        }
        configuration.enrolment.address = enrolListen
        configuration.issuer = issuer
        configuration.fixedBindings = bindings
        if let chosen = stickyKey?.withBytes({ StickyKey(copy $0) }) { configuration.stickyKey = chosen }
        configuration.border = border
        configuration.visitorLimit = visitorLimit
        configuration.memoryBudget = memoryBudget
        configuration.http1Limits = http1Limits
        configuration.visitorHTTP2Limits = visitorHTTP2Limits
        configuration.headDeadline = headDeadline
        configuration.keepAliveDeadline = keepAliveDeadline
        configuration.handshakeDeadline = handshakeDeadline
        configuration.drainDeadline = drainDeadline
        configuration.bindingLimits.lease = leaseTime
        configuration.returnDeadline = returnDeadline
        configuration.handshakes = handshakes
        configuration.handshakesPerAddress = handshakesPerAddress
        configuration.tunnelsPerSecond = tunnelsPerSecond
        configuration.tunnelBurst = tunnelBurst
        configuration.raw = raw
        configuration.raw.reserved = Set(rawReserved)
        configuration.raw.lease = leaseTime
        configuration.accessLog = accessLog
        do {
            configuration.trustedProxies = try TrustedProxies(trustedProxies)
        } catch {
            throw SettingsProblems([SettingsProblem(.setting("trusted_proxies"), error.description)])
        }
        return configuration
    }

    /// The needed settings that are not among some keys, each with what to do.
    static func missing(besides given: Set<String>) -> [SettingsProblem] {
        let alone = "there is no control plane to run with yet: set it to serve by certificates alone"
        return ["standalone", "public_url", "certificate", "key", "operator_bundle"]
            .filter { !given.contains($0) }
            .map { SettingsProblem(.setting($0), $0 == "standalone" ? alone : "it must be set") }
    }

    private var given: Set<String> {
        let settings = Self.table.settings.filter { !$0.words(self).isEmpty && $0.key != "standalone" }
        return Set(settings.map(\.key) + (isStandalone ? ["standalone"] : []))
    }

    /// The head is the request line, its end of line, and the section.
    private var http1Limits: HTTP1Limits {
        var limits = HTTP1Limits()
        limits.startLine = requestLine
        limits.head = requestLine + headerSection
        limits.fields = fields
        return limits
    }

    private var visitorHTTP2Limits: HTTP2Limits {
        var limits = HTTP2Limits.towardsVisitor
        // RFC 9113, 6.5.2: each field counts for 32 bytes more than it has.
        limits.fieldSectionSize = headerSection + fields * 32
        limits.fieldCount = fields
        return limits
    }
}
