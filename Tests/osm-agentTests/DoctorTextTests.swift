import Agent
import Foundation
import Testing

@testable import osm_agent

struct DoctorTextTests {
    private func text(_ findings: DoctorFinding...) -> String {
        DoctorText.of(DoctorReport(version: "test/1", made: Date(), device: nil, findings: findings))
    }

    @Test func `the first fault comes last, where it is read`() {
        let report = text(
            DoctorFinding(.bundle, .machine, .ok, "There is one."),
            DoctorFinding(.tcp, .edge, .fail, "It refuses.", nextStep: "Ask.", subject: "edge:1"),
            DoctorFinding(.origin, .origin, .fail, "It is down.", subject: "app")
        )
        #expect(
            report == """
                ok    bundle    There is one.
                FAIL  tcp       edge:1: It refuses.
                FAIL  origin    app: It is down.

                At fault: It refuses.
                  Ask.

                """
        )
    }

    @Test func `all is well without one`() {
        let report = text(DoctorFinding(.agent, .machine, .warn, "None runs.", nextStep: "Start one."))
        #expect(report == "warn  agent     None runs.\n\nAll is well.\n")
    }

    @Test func `nothing that a peer says reaches the terminal as it is`() {
        #expect(!text(DoctorFinding(.tls, .edge, .fail, "issued by '\u{1B}[31m'")).contains("\u{1B}"))
    }
}
