import Agent
import ArgumentParser
import FoundationEssentials
import Settings
import Telemetry

/// What the commands do that serve one endpoint as long as they run.
enum Serving {
    /// Serves the endpoint through the agent that runs already, or through one of its own.
    static func serve(_ spec: EndpointSpec, _ options: AgentOptions) async throws {
        let loader = options.loader
        let file = try loader.load()
        let setup = AgentSetup(settings: file.settings)
        let view = AgentView(format: file.settings.logFormat, options.watching)
        if let running = try await LocalAgent.find(setup.socket) {
            guard options.tunnelFlags.isEmpty else {
                throw AgentExit(
                    code: 2,
                    problem: """
                        An agent runs already and answers on \(setup.socket): it has its own tunnels, so that \
                        \(options.tunnelFlags.joined(separator: ", ")) would do nothing.
                        """,
                    nextStep: "Leave that out, stop the agent (osm-agent stop), or name another socket with --socket."
                )
            }
            return try await attach(spec, to: running, view)
        }
        let process = AgentProcess(file: file, loader: loader, habit: .command([spec]), view: view)
        do {
            try await process.run()
        } catch let exit as AgentExit where exit.code == 1 {
            // Another may have been started at the same moment, and have been faster.
            guard let running = try await LocalAgent.find(setup.socket) else { throw exit }
            try await attach(spec, to: running, view)
        }
    }

    private static func attach(_ spec: EndpointSpec, to agent: LocalAgent, _ view: AgentView) async throws {
        let view = await linked(view, to: agent)
        StandardStream.error.write("an agent runs already (\(agent.version.version)); it serves this as well\n")
        try await UntilSignal.run {
            let (events, continuation) = AsyncStream.makeStream(
                of: AgentEvent.self,
                bufferingPolicy: .bufferingNewest(512)
            )
            async let shown: Void = view.run(events) { await Self.status(of: spec.name, in: agent) }
            let outcome: Result<Void, any Error>
            do {
                try await agent.attach(spec) { continuation.yield($0) }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            // The picture comes to its end before the error is told.
            continuation.finish()
            await shown
            try outcome.get()
            if !Task.isCancelled {
                StandardStream.error.write("the agent that ran already serves \(spec.name) no more\n")
            }
        }
    }

    /// The view with the link to the inspector of the agent that runs, if it has one.
    private static func linked(_ view: AgentView, to agent: LocalAgent) async -> AgentView {
        do {
            let link = try await agent.inspectorURL()
            var view = view
            view.inspector = { link }
            view.inspectorOpened(link)
            return view
        } catch {
            return view
        }
    }

    /// What concerns that endpoint; nil when the agent does not answer, which is told elsewhere.
    private static func status(of name: String, in agent: LocalAgent) async -> AgentStatus? {
        do {
            var status = try await agent.status()
            status.endpoints.removeAll { $0.name != name }
            return status
        } catch {
            return nil
        }
    }

    /// Checks an endpoint of a command line, whose flags have other names than members of a file.
    static func check(_ spec: EndpointSpec) throws {
        do throws(EndpointProblem) {
            _ = try spec.endpoint()
        } catch {
            throw ValidationError("\(flag(error.member, of: spec)): \(error.sentence)")
        }
    }

    private static func flag(_ member: String, of spec: EndpointSpec) -> String {
        switch member {
        case "target": "TARGET"
        // Who gives no label is told of the name that it follows from.
        case "name": spec.name == spec.hostname ? "--name" : "--label"
        case "hostname": "--name"
        case "request_headers": "--request-header-add"
        case "response_headers": "--response-header-add"
        case let other: "--" + other.split(separator: "_").joined(separator: "-")
        }
    }
}
