import Agent
import Telemetry

/// What a person sees of an agent: everything that happens, until it has ended.
struct AgentView {
    let logFormat: LogFormat

    func run(_ events: AsyncStream<AgentEvent>) async {
        var narrator = Narrator(showsRequests: StandardStream.error.isTerminal)
        for await event in events { narrator.tell(event) }
    }

    /// Says where requests can be looked at; the link holds a secret, so it is for this person and for no log.
    func inspectorOpened(_ link: String) { StandardStream.error.write("inspector   \(link)\n") }
}
