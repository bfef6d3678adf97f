import ArgumentParser
import CertificateAuthority

/// Withdraws certificates.
struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Withdraw a certificate, or every living one of a device.",
        discussion: """
            Notes the revocation in the issuance log and signs new lists: crl/devices.crl
            and crl/edges.crl. Edges read the first one; agents get the second one with
            the next bundle. Revoking again changes nothing but the dates of the lists.

            REASONS
              \(RevocationTarget.reasons.joined(separator: ", "))

            EXAMPLES
              ca-tools revoke --device 1b4e28ba-2fa1-41d2-883f-0016d3cca427 \\
                --reason key-compromise
              ca-tools revoke --serial 7c:01:ff:... --reason superseded
              ca-tools revoke --certificate edges/eu.tunnel.example.com/edge.pem \\
                --reason cessation-of-operation
            """
    )

    @Option(help: ArgumentHelp("The certificate with this serial number, in hexadecimal.", valueName: "hex"))
    var serial: String?

    @Option(help: ArgumentHelp("Every certificate of this device that has not expired.", valueName: "uuid"))
    var device: String?

    @Option(help: ArgumentHelp("The first certificate in this PEM file.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("Why; see REASONS.", valueName: "reason"))
    var reason: String

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func validate() throws {
        guard [serial, device, certificate].compactMap(\.self).count == 1 else {
            throw ValidationError("Give exactly one of --serial, --device and --certificate.")
        }
        guard RevocationTarget.reasons.contains(reason) else {
            throw ValidationError("--reason must be one of \(RevocationTarget.reasons.joined(separator: ", ")).")
        }
    }

    func run() throws {
        guard let target = try target() else { return }
        var authority = try Authority.open(ca.folder)
        let revoked = try authority.revoke(target, because: reason)
        if json.isOn { return try Output.json(["revoked": revoked]) }
        try Output.say("Revoked:\n  \(revoked.joined(separator: "\n  "))\nGive the edges the new crl/devices.crl.")
    }

    private func target() throws -> RevocationTarget? {
        if let serial { return try .serial(text: serial) }
        if let device { return .device(try DeviceID(device)) }
        return try certificate.map { try .certificate(at: $0) }
    }
}

/// Signs lists again.
struct SignLists: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crl",
        abstract: "Sign the revocation lists and the bundle again.",
        discussion: """
            A list is good for 30 days. Run this at least once a week, from a timer, so
            that no edge ever meets a stale one.

            EXAMPLES
              ca-tools crl --ca /srv/operator-ca
            """
    )

    @OptionGroup var ca: FolderOption

    func run() throws {
        var authority = try Authority.open(ca.folder)
        try authority.signLists()
        try Output.say("Signed the lists in \(ca.folder.path)/crl and wrote \(ca.folder.bundle).")
    }
}
