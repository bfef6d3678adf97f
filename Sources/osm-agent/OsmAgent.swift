import ArgumentParser

@main
struct OsmAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "osm-agent",
        abstract: "Serves a local service under a public name, through an edge of your own operator.",
        discussion: """
            The agent dials out and opens no port. It trusts the operator CA that was baked into it when it was built,
            and nothing else: neither the system's certificates nor a proxy that opens TLS.

            First steps on a new machine:
              osm-agent identity create             make a key and a request, which goes to the operator
              osm-agent identity install FILE       take the certificate that came back
              osm-agent http 3000                   serve what listens on port 3000

            EXIT CODES
              0   done                     40  the edge does not accept this device's certificate
              1   failed                   44  this device has been revoked
              2   wrong usage              46  another agent took over with the same identity
              20  no operator CA baked in  50  the name belongs to another device
              21  operator CA expired      51  the name is reserved
              22  operator CA is a sample  52  the name is not valid
              23  operator CA unreadable   53  the name is outside the base domain
              24  no device identity       54  the device has too many names
              25  identity of another CA   55  the edge does not carry that kind of binding
              26  device certificate expired
              27  device certificate not valid yet
              28  certificate is not for a device
              30  edge not of this operator, or TLS opened on the way
              31  edge has another name    35  edge certificate breaks a rule of its issuer
              32  edge certificate expired 36  edge certificate revoked
              33  … not valid yet          37  no tunnel port at that address
              34  … not for an edge        56  the edge speaks another protocol version
            """,
        version: AgentVersion.text,
        subcommands: [HTTP.self, Status.self, Identity.self, Trust.self]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Ending.exit(with: error)
        }
    }
}
