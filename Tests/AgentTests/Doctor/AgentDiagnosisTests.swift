import Foundation
import Testing

@testable import Agent

struct AgentDiagnosisTests {
    private func status(_ endpoint: EndpointStatus) -> AgentStatus {
        AgentStatus(
            version: "test/1",
            pid: 1,
            device: "device",
            certificateExpires: .distantFuture,
            started: .now,
            phase: .connected,
            tunnels: [],
            endpoints: [endpoint]
        )
    }

    private var endpoint = EndpointStatus(name: "app", kind: "http", target: "3000")

    @Test mutating func `a name that visitors do not reach is at fault`() throws {
        endpoint.state = .serving
        endpoint.url = "https://app.t.example"
        endpoint.probe = ProbeStatus(at: .now, ok: false, problem: "the name has no address")
        let finding = try #require(AgentDiagnosis.findings(status(endpoint)).last)
        #expect(finding.verdict == .fail && finding.hop == .network && finding.subject == "app")
        #expect(finding.finding.contains("https://app.t.example did not come round: the name has no address."))
    }

    @Test mutating func `a name that was refused is at fault`() throws {
        endpoint.state = .refused
        endpoint.problem = "The name belongs to another device."
        let finding = try #require(AgentDiagnosis.findings(status(endpoint)).last)
        #expect(finding.verdict == .fail && finding.hop == .edge)
        #expect(finding.finding == "No edge serves it: The name belongs to another device.")
    }

    @Test mutating func `a name whose probe came round, or was not sent yet, is not`() {
        endpoint.state = .serving
        #expect(AgentDiagnosis.findings(status(endpoint)).count == 1)
        endpoint.probe = ProbeStatus(at: .now, ok: true)
        #expect(AgentDiagnosis.findings(status(endpoint)).count == 1)
    }
}
