import ArgumentParser
import CertificateAuthority

/// Shows what is in a file.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show certificates, lists, requests and bundles in words.",
        discussion: """
            Reads a PEM file, a bundle, or the folder of a CA. Of a private key it says
            only whether it is encrypted.

            EXAMPLES
              ca-tools inspect operator-ca
              ca-tools inspect --json operator-ca/edges/tunnel.example.com/edge.pem
            """
    )

    @Argument(help: ArgumentHelp("A file, or the folder of a CA.", valueName: "file|dir"))
    var path: String

    @OptionGroup var json: JSONFlag

    func run() throws {
        let folder = AuthorityFolder(path)
        let inspections = folder.holdsAuthority ? try Inspection.folder(folder) : [try Inspection.file(path)]
        if json.isOn { return try Output.json(inspections) }
        try Output.say(inspections.map(text).joined(separator: "\n\n"))
    }

    private func text(_ inspection: Inspection) -> String {
        var lines = ["\(inspection.path): \(inspection.kind)"]
        if let bundle = inspection.bundle {
            lines.append("  domain       \(bundle.domain)\(bundle.sample ? "  (SAMPLE: agents refuse it)" : "")")
            lines.append("  edges        \(bundle.edges.joined(separator: " "))")
            lines.append("  written      \(bundle.created)")
        }
        lines += inspection.certificates.flatMap(text)
        lines += inspection.lists.flatMap(text)
        return lines.joined(separator: "\n")
    }

    private func text(_ certificate: Inspection.Certificate) -> [String] {
        let subject = certificate.subject.isEmpty ? certificate.names.joined(separator: " ") : certificate.subject
        let head = [
            "  \(subject)",
            "    issuer     \(certificate.issuer)",
            "    serial     \(certificate.serial)",
            "    valid      \(certificate.notBefore) to \(certificate.notAfter)\(certificate.isExpired ? "  EXPIRED" : "")",
            "    key        \(certificate.key)",
            "    SHA-256    \(certificate.sha256)",
        ]
        return head
            + certificate.extensions.map { entry in
                let value = entry.value.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "; ")
                return "    \(entry.name)\(entry.critical ? " (critical)" : ""): \(value)"
            }
    }

    private func text(_ list: Inspection.List) -> [String] {
        [
            "  list of \(list.issuer)",
            "    valid      \(list.thisUpdate) to \(list.nextUpdate)\(list.isStale ? "  STALE" : "")",
            "    revoked    \(list.serials.isEmpty ? "nothing" : list.serials.joined(separator: " "))",
        ]
    }
}
