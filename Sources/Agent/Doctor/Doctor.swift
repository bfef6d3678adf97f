import FoundationEssentials
import NIOPosix
import Trust

/// Looks at everything between a visitor's request and the local service that it is for, nearest things first, and says
/// what is at fault.
///
/// It talks to edges as the device does, but never says hello: a running agent keeps its tunnels.
package struct Doctor: Sendable {
    private let subject: DoctorCase

    package init(_ subject: DoctorCase) { self.subject = subject }

    /// Looks; takes as long as the slowest edge or origin may.
    package func examine() async -> DoctorReport {
        let now = subject.now()
        let local = LocalDiagnosis(subject, at: now)
        var edges: [DoctorFinding] = []
        var clock = local.clock
        var identity = local.identity
        if let credentials = local.credentials, let anchors = local.anchors {
            for edge in subject.edges {
                let examination = EdgeExamination(
                    subject: subject,
                    credentials: credentials,
                    anchors: anchors,
                    edge: edge
                )
                let seen = await examination.observe()
                let tunnels = subject.status?.tunnels.filter { $0.edge == "\(edge.address)" } ?? []
                let diagnosis = EdgeDiagnosis(
                    seen,
                    of: edge.address,
                    isDraining: tunnels.contains { $0.drainingSince != nil },
                    identity: local.validity,
                    at: now
                )
                edges += diagnosis.findings
                // The edge has a clock, too: it knows better than this machine what has expired.
                clock = clock.verdict == .fail ? clock : diagnosis.clock ?? clock
                identity = diagnosis.identity ?? identity
            }
        } else {
            edges = subject.edges.map { .skipped(.tcp, .network, subject: "\($0.address)") }
        }
        let origins = await OriginExamination(patience: subject.patience).observe(subject.endpoints)
        return DoctorReport(
            version: subject.version,
            made: now,
            device: local.credentials?.identity.id,
            findings: [local.bundle, clock, identity] + edges + origins + AgentDiagnosis.findings(subject.status)
        )
    }
}
