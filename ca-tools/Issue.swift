import ArgumentParser
import CertificateAuthority

/// The two kinds of leaves.
struct Issue: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue a certificate for an edge or a device.",
        subcommands: [IssueEdge.self, IssueDevice.self]
    )
}

/// Issues for an edge.
struct IssueEdge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edge",
        abstract: "Make an edge's key and its certificate of 30 days.",
        discussion: """
            Writes edges/NAME/edge.key and edges/NAME/edge.pem, the certificate with its
            CA behind it. With --renew the edge keeps its key, and its last certificate
            moves to edges/NAME/past.

            EXAMPLES
              ca-tools issue edge --name eu.tunnel.example.com
              ca-tools issue edge --name eu.tunnel.example.com --renew
            """
    )

    @Option(help: ArgumentHelp("The operator's domain or a name below it.", valueName: "host"))
    var name: String

    @Flag(help: "Issue the next certificate of an edge that has one.")
    var renew = false

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let name = try DomainName(name)
        var authority = try Authority.open(ca.folder)
        try Output.issued(try authority.issueEdge(name, renew: renew), json: json.isOn)
    }
}

/// Issues for a device.
struct IssueDevice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Certify a device's own key for 7 days.",
        discussion: """
            Takes nothing but the key from the request, which must be on P-256 and must
            have signed the request. Names, lifetimes and uses that a request asks for are
            ignored. The certificate with its CA behind it goes to devices/ID.pem and,
            with --out, to a second file. The device's key never comes here.

            EXAMPLES
              openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \\
                -keyout laptop.key -out laptop.csr -subj /CN=laptop
              ca-tools issue device --csr laptop.csr --name "Ada's laptop" --out laptop.pem
              ca-tools issue device --csr laptop.csr --renew \\
                --id 1b4e28ba-2fa1-41d2-883f-0016d3cca427
            """
    )

    @Option(help: ArgumentHelp("The device's signing request, PEM.", valueName: "file"))
    var csr: String

    @Option(help: ArgumentHelp("The device's UUID; a new one is made when absent.", valueName: "uuid"))
    var id: String?

    @Option(help: ArgumentHelp("What people call the device; for the issuance log only.", valueName: "label"))
    var name: String?

    @Option(help: ArgumentHelp("Write the certificate and its CA to this new file too.", valueName: "file"))
    var out: String?

    @Flag(help: "Issue the next certificate of a device that has one; needs --id.")
    var renew = false

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func validate() throws {
        if renew, id == nil { throw ValidationError("--renew needs the device's --id.") }
    }

    func run() throws {
        let id = try id.map { try DeviceID($0) } ?? DeviceID()
        var authority = try Authority.open(ca.folder)
        let issued = try authority.issueDevice(requestAt: csr, id: id, label: name, renew: renew)
        if let out {
            do {
                try writeNewFile(out, issued.pem)
            } catch let error as AuthorityError {
                throw AuthorityError(
                    error.code,
                    "issued, but \(error.problem)",
                    next: "copy the certificate from \(issued.path)"
                )
            }
        }
        try Output.issued(issued, json: json.isOn)
    }
}

extension Output {
    /// Prints what was issued.
    static func issued(_ issued: Issued, json isJSON: Bool) throws {
        if isJSON { return try json(issued) }
        try say(
            """
            Issued for \(issued.subject)
              certificate  \(issued.path)
              serial       \(issued.serial)
              valid until  \(issued.notAfter)
              SHA-256      \(issued.sha256)
            """
        )
    }
}
