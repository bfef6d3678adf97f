import Agent
import FoundationEssentials
import Settings
import Trust

/// Makes what the engine needs out of what a person has set, and says what is missing.
struct AgentSetup {
    let settings: AgentSettings

    /// The folder with the device's key.
    var identity: IdentityFolder { IdentityFolder(path: settings.identity ?? IdentityFolder.standardPath) }
    var socket: String { settings.socket ?? LocalSocket.standardPath }

    /// - Throws: ``AgentExit`` for what no setting can mend, `ValidationError` for a setting that is wrong.
    func configuration() throws -> AgentConfiguration {
        let bundle = try OperatorTrust.bundle()
        let anchors = try OperatorTrust.anchors(of: bundle)
        var configuration = AgentConfiguration(
            edges: edges(bundle),
            anchors: anchors,
            credentials: try identity.credentials(),
            endpoints: [],
            software: AgentVersion.text
        )
        configuration.edgeRevocations = bundle.edgeRevocations.map { [$0] } ?? []
        let identity = identity
        configuration.keepCredentials = { try identity.install(chainPEM: $0.chainPEM) }
        configuration.dialer = try dialer()
        configuration.drainTime = settings.gracePeriod
        configuration.probes = settings.probes
        configuration.probeTrust = try settings.probeCA.map { try Self.bytes(of: $0, for: "--probe-ca") }
        return configuration
    }

    /// Whom to dial: what was said, or else what the operator's bundle says.
    func edges(_ bundle: OperatorBundle) -> [EdgeTarget] {
        EdgeTarget.targets(settings.edges, of: bundle, name: settings.edgeName)
    }

    func dialer() throws -> EdgeDialer {
        let credentials = try settings.proxyCredentialsFile.map { path in
            let text = String(decoding: try Self.bytes(of: path, for: "--proxy-credentials-file"), as: UTF8.self)
            do throws(ProxyAddressError) {
                return try ProxyCredentials(line: text)
            } catch {
                throw AgentExit(
                    code: 2,
                    problem: "The file \(path) \(error.sentence).",
                    nextStep: "Its one line is user:password."
                )
            }
        }
        let flag: String? =
            switch settings.proxy {
            case .environment: nil
            case .none: "none"
            case .url(let url): url
            }
        let environment = ProcessInfo.processInfo.environment
        do throws(ProxySettingError) {
            return EdgeDialer(
                proxy: try ProxyChoice(flag: flag, credentials: credentials, environment: environment),
                version: settings.edgeIPVersion,
                deadline: AgentConfiguration.dialDeadline
            )
        } catch {
            throw AgentExit(code: 2, problem: error.description, nextStep: "Correct it, or use --proxy none.")
        }
    }

    private static let longestFile = 4 * 1024 * 1024

    private static func bytes(of path: String, for flag: String) throws -> [UInt8] {
        do throws(SettingRefusal) {
            return try SmallFile.bytes(of: path, limit: longestFile)
        } catch {
            throw AgentExit(code: 2, problem: "\(flag): \(error)", nextStep: "Name a file that can be read.")
        }
    }
}
