import Agent
import Settings

/// A doctor's report for a person: a line for each finding, and what to do first.
enum DoctorText {
    static func of(_ report: DoctorReport) -> String {
        var lines = report.findings.map(line)
        lines.append("")
        if let culprit = report.culprit {
            lines.append("At fault: \(escaped(culprit.finding))")
            if let step = culprit.nextStep { lines.append("  \(escaped(step))") }
        } else {
            lines.append("All is well.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ finding: DoctorFinding) -> String {
        let mark =
            switch finding.verdict {
            case .ok: "ok  "
            case .warn: "warn"
            case .fail: "FAIL"
            case .skipped: "-   "
            }
        let check = finding.check.rawValue
        let place = finding.subject.map { "\(escaped($0)): " } ?? ""
        return "\(mark)  \(check)\(String(repeating: " ", count: 9 - check.count)) \(place)\(escaped(finding.finding))"
    }

    private static func escaped(_ text: String) -> String { TerminalText.escaped(text) }
}
