import FoundationEssentials
import NIOPosix
import Trust

/// Looks at everything between a visitor's request and the local service that it is for, nearest things first, and says
/// what is at fault.
///
/// It talks to edges as the device does, but never says hello: a running agent keeps its tunnels.
package struct Doctor: Sendable {
    private let `case`: DoctorCase

    package init(_ case: DoctorCase) { self.case = `case` }

    /// Looks; takes as long as the slowest edge or origin may.
    package func examine() async -> DoctorReport {
        let now = `case`.now()
        let local = LocalDiagnosis(`case`, at: now)
        var edges: [DoctorFinding] = []
        var clock = local.clock
        var identity = local.identity
        if let credentials = local.credentials, let anchors = local.anchors {
            for edge in `case`.edges {
                let examination = EdgeExamination(case: `case`, credentials: credentials, anchors: anchors, edge: edge)
                let seen = await examination.observe()
                let diagnosis = EdgeDiagnosis(seen, of: edge.address, identity: local.validity, at: now)
                edges += diagnosis.findings
                // The edge has a clock, too: it knows better than this machine what has expired.
                clock = clock.verdict == .fail ? clock : diagnosis.clock ?? clock
                identity = diagnosis.identity ?? identity
            }
        } else {
            edges = `case`.edges.map { .skipped(.tcp, .network, subject: "\($0.address)") }
        }
        let origins = await OriginExamination(patience: `case`.patience).observe(`case`.endpoints)
        return DoctorReport(
            version: `case`.version,
            made: now,
            device: local.credentials?.identity.id,
            findings: [local.bundle, clock, identity] + edges + origins + [AgentDiagnosis.finding(`case`.status)]
        )
    }
}
