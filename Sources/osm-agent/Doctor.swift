import Agent
import ArgumentParser
import FoundationEssentials
import Settings
import Telemetry
import Trust

/// `osm-agent doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out why visitors do not reach a local service.",
        discussion: """
            Looks at everything on the way, nearest things first: the operator CA that is
            baked in, this device's certificate, the clock, the names and addresses of the
            edges, a proxy, TLS, whether the edges let this device in, and the local
            services. The first fault is the one to see to; what lies behind it is not
            looked at. TARGETs are local services to ask besides those that are configured
            or served by the running agent, which keeps its tunnels meanwhile.

            Exit code 0 when all is well, 1 when something is at fault. The report holds no
            secret: with -w it goes to a file (0600) that can be sent to the operator.

            Examples:
              osm-agent doctor
              osm-agent doctor 3000 --json
              osm-agent doctor -w report.json
            """
    )

    @Argument(help: "Local services to ask: a port, or host:port on loopback.")
    var targets: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    @Option(
        name: [.customShort("w"), .customLong("write")],
        help: ArgumentHelp("Write the report.", valueName: "file")
    )
    var file: String?

    @Option(help: ArgumentHelp("The edge to dial, in place of those configured or baked in.", valueName: "host:port"))
    var edge: String?

    @Option(help: ArgumentHelp("The name that the edge's certificate must carry.", valueName: "name"))
    var edgeName: String?

    @Option(help: ArgumentHelp("auto, 4 or 6.", valueName: "version"))
    var edgeIPVersion: String?

    @Option(help: ArgumentHelp("auto, none or the URL of a proxy, without a password.", valueName: "url"))
    var proxy: String?

    @Option(name: .customLong("identity"), help: ArgumentHelp("The folder with the device's key.", valueName: "dir"))
    var identity: String?

    @OptionGroup var local: LocalSocket
    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        let report = await Doctor(try await subject()).examine()
        let document = try JSONText.of(report)
        if let file {
            do {
                try PrivateFile.replace(file, Array(document.utf8))
            } catch {
                throw AgentExit(code: 1, problem: "'\(file)' cannot be written.", nextStep: "Name another with -w.")
            }
        }
        StandardStream.output.write(json ? document : DoctorText.of(report))
        guard report.isFine else { throw ExitCode.failure }
    }

    // MARK: What there is to look at

    private func subject() async throws -> DoctorCase {
        let configured = try configured()
        let settings = configured.settings
        let bundle = Result { () throws(BundleRefusal) in try OperatorBundle.decode(EmbeddedOperatorCA.bundle) }
        let agent: LocalAgent?
        do { agent = try await LocalAgent.find(local.socket) } catch { agent = nil }
        var subject = DoctorCase(
            version: AgentVersion.text,
            bundle: bundle,
            identity: DoctorIdentity.look(IdentityFolder(path: settings.identity ?? IdentityFolder.standardPath)),
            edges: try edges(settings, bundle),
            proxy: try proxyChoice(settings),
            ipVersion: IPVersion(settings.edgeIPVersion.rawValue) ?? .any
        )
        subject.endpoints = try await endpoints(configured.specs, agent)
        do { subject.status = try await agent?.status() } catch { subject.status = nil }
        return subject
    }

    private func configured() throws -> AgentFile {
        let flags = [
            AgentFileLoader.flag("--edge", "edges", edge.map { [$0] }),
            AgentFileLoader.flag("--edge-name", "edge_name", edgeName.map { [$0] }),
            AgentFileLoader.flag("--edge-ip-version", "edge_ip_version", edgeIPVersion.map { [$0] }),
            AgentFileLoader.flag("--proxy", "proxy", proxy.map { [$0] }),
            AgentFileLoader.flag("--identity", "identity", identity.map { [$0] }),
        ].compactMap(\.self)
        do throws(SettingsProblems) {
            return try files.loader(flags: flags).load()
        } catch {
            throw AgentExit(
                code: 2,
                problem: error.problems.map(\.description).joined(separator: "\n"),
                nextStep: "Look closer with: osm-agent config check"
            )
        }
    }

    private func edges(_ settings: AgentSettings, _ bundle: Result<OperatorBundle, BundleRefusal>) throws
        -> [EdgeTarget]
    {
        guard case .success(let bundle) = bundle else { return [] }
        let baked = (bundle.edges.isEmpty ? [bundle.domain] : bundle.edges).compactMap { EdgeAddress($0) }
        return (settings.edges.isEmpty ? baked : settings.edges).map { address in
            EdgeTarget(address: address, serverName: settings.edgeName ?? EdgeName.standard(of: address, bundle.domain))
        }
    }

    private func proxyChoice(_ settings: AgentSettings) throws -> ProxyChoice {
        let flag: String? =
            switch settings.proxy {
            case .environment: nil
            case .none: "none"
            case .url(let url): url
            }
        do {
            let line = try settings.proxyCredentialsFile.map { try SmallFile.bytes(of: $0, limit: 1024) }
            return try ProxyChoice(
                flag: flag,
                credentials: try line.map { try ProxyCredentials(line: String(decoding: $0, as: UTF8.self)) },
                environment: ProcessInfo.processInfo.environment
            )
        } catch let error as ProxySettingError {
            throw AgentExit(code: 2, problem: error.description, nextStep: "Correct it, or say --proxy none.")
        } catch {
            let problem = "The file with the proxy's password cannot be used."
            throw AgentExit(code: 2, problem: problem, nextStep: "It holds one line, user:password.")
        }
    }

    private func endpoints(_ specs: [EndpointSpec], _ agent: LocalAgent?) async throws -> [Endpoint] {
        var specs = specs.filter(\.enabled)
        // An agent that does not answer is told by its status.
        do { specs = try await agent?.endpoints().filter(\.enabled).map(\.spec) ?? specs } catch {}
        let asked = try targets.map { text in try Endpoint(name: nil, target: try TunnelOptions.target(text)) }
        return asked
            + specs.compactMap { spec in
                do throws(EndpointProblem) { return try spec.endpoint() } catch { return nil }
            }
    }
}

/// The device's key and certificate, as the doctor is shown them.
enum DoctorIdentity {
    static func look(_ folder: IdentityFolder) -> DoctorCase.Identity {
        do {
            let credentials = try folder.credentials()
            return .present(credentials, keyMode: mode(folder.keyPath))
        } catch let exit as AgentExit {
            return .absent(exit)
        } catch {
            return .absent(
                AgentExit(code: 24, problem: "The identity cannot be read.", nextStep: "Look at \(folder.path).")
            )
        }
    }

    private static func mode(_ path: String) -> Int? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        } catch {
            return nil
        }
    }
}

/// The name that an edge's certificate must carry when nobody says another.
enum EdgeName {
    /// An address has no name of its own, so the certificate must then carry the operator's domain.
    static func standard(of address: EdgeAddress, _ domain: String) -> String {
        let host = address.host
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } || host == "localhost"
        return isAddress ? domain : host
    }
}
