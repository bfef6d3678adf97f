import Agent
import FoundationEssentials
import Settings

/// Sentences that all views share.
enum ViewSentences {
    /// Who can read what goes through an endpoint.
    static func whoCanRead(_ endpoint: EndpointStatus) -> String {
        guard let mode = endpoint.mode else { return "not known before an edge has answered" }
        return mode == "edge" ? "mode edge: \(operatorName(endpoint)) can read it" : "mode \(mode)"
    }

    private static func operatorName(_ endpoint: EndpointStatus) -> String {
        guard let host = endpoint.host, !host.isEmpty else { return "whoever runs the edge" }
        // A web service has a name of its own below the operator's; the others share it and differ by their ports.
        let labels = host.split(separator: ".")
        let domain = endpoint.kind == "http" ? labels.dropFirst().joined(separator: ".") : host
        return "the operator of \(domain.isEmpty ? host : domain)"
    }

    /// How the key of a tunnel was agreed, and whether a quantum computer would find it.
    static func keyExchange(_ name: String) -> String {
        name.uppercased().contains("MLKEM") ? "\(name) (post-quantum)" : "\(name) (not post-quantum)"
    }

    /// The device's certificate was renewed, or should have been.
    static func certificate(_ status: CertificateStatus) -> String {
        let end = status.notAfter.formatted(.iso8601)
        return status.problem.map { "certificate until \(end): \(oneLine($0))" } ?? "certificate renewed until \(end)"
    }

    static func leaving(_ requests: Int) -> String {
        let what = requests == 1 ? "1 request is" : "\(requests) requests are"
        return "leaving: \(what) under way; a second signal ends at once"
    }

    /// A text from elsewhere as part of a line.
    static func oneLine(_ text: String) -> String {
        TerminalText.escaped(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
