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

    @OptionGroup(title: "Agent options") var options: AgentOptions

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
        let setup = AgentSetup(settings: configured.settings)
        let bundle = Result { () throws(BundleRefusal) in try OperatorTrust.find().bundle }
        let agent: LocalAgent?
        do { agent = try await LocalAgent.find(setup.socket) } catch { agent = nil }
        var subject = DoctorCase(
            version: AgentVersion.text,
            bundle: bundle,
            identity: DoctorIdentity.look(setup.identity),
            edges: try edges(setup, bundle),
            dialer: try setup.dialer()
        )
        subject.endpoints = try await endpoints(configured.specs, agent)
        do { subject.status = try await agent?.status() } catch { subject.status = nil }
        return subject
    }

    private func configured() throws -> AgentFile {
        do throws(SettingsProblems) {
            return try options.loader.load()
        } catch {
            throw AgentExit(
                code: 2,
                problem: error.problems.map(\.description).joined(separator: "\n"),
                nextStep: "Look closer with: osm-agent config check"
            )
        }
    }

    private func edges(_ setup: AgentSetup, _ bundle: Result<OperatorBundle, BundleRefusal>) throws -> [EdgeTarget] {
        guard case .success(let bundle) = bundle else { return [] }
        return setup.edges(bundle)
    }

    private func endpoints(_ configured: [EndpointSpec], _ agent: LocalAgent?) async throws -> [Endpoint] {
        var specs = configured.filter(\.enabled)
        // An agent that does not answer is told by its status.
        do { specs = try await agent?.endpoints().filter(\.enabled).map(\.spec) ?? specs } catch {}
        let asked = targets.map { text in
            let target = FilePaths.here.resolvedTarget(text)
            return EndpointSpec(name: EndpointLabel.of(target), kind: "http", target: target)
        }
        do throws(EndpointProblem) {
            return try (asked + specs).map { spec throws(EndpointProblem) in try spec.endpoint() }
        } catch {
            throw AgentExit(code: 2, problem: "An endpoint is wrong: \(error)", nextStep: "Correct it.")
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
            return try FileManager.default.attributesOfItem(atPath: path).number(.posixPermissions).map { Int($0) }
        } catch {
            return nil
        }
    }
}
