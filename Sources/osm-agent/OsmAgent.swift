import ArgumentParser

@main
struct OsmAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "osm-agent",
        abstract: "Serves a local service under a public name, through an edge of your own operator.",
        discussion: """
            The agent dials out and opens no port but the inspector's, on loopback. It trusts the operator CA that was \
            baked into it by its operator, and nothing else: neither the system's \
            certificates nor a proxy that opens TLS.

            First steps on a new machine:
              osm-agent enroll                  become a device, with the operator's invitation
              osm-agent http 3000               serve what listens on port 3000
              osm-agent tcp 22                  serve another protocol, under a port

            EXIT CODES
              0   done
              1   failed
              2   wrong usage
              20  no operator CA is baked in
              21  the baked-in operator CA has expired, or is not valid yet
              22  the baked-in operator CA is a sample
              23  the baked-in operator CA cannot be read
              24  this device has no key or no certificate
              25  this device's certificate is of another operator
              26  this device's certificate has expired
              27  this device's certificate is not valid yet
              28  this device's certificate is not for a device
              29  this device is enrolled already
              30  the edge is not of this operator, or TLS is opened on the way
              31  the edge has another name
              32  the edge's certificate has expired
              33  the edge's certificate is not valid yet
              34  the edge's certificate is not for an edge
              35  the edge's certificate breaks a rule of its issuer
              36  the edge's certificate has been revoked
              37  no tunnel port at that address
              40  the edge does not accept this device's certificate
              41  there is no such invitation
              42  another device has used the invitation
              43  the invitation has expired
              44  this device has been revoked
              45  the edge refuses to enrol this device, or sends nonsense
              46  another agent took over with the same identity
              47  too many attempts to enrol from this address
              48  the edge cannot enrol devices at present
              50  the name belongs to another device
              51  the name is reserved
              52  the name is not valid
              53  the name is not one label below the base domain
              54  the device has as many names or ports as it may have
              55  the edge does not carry that kind of binding
              56  the edge speaks another version of the protocol
              58  the port belongs to another device or program
              59  the port is not one that the edge gives to devices
              130, 143  a second signal (SIGINT, SIGTERM) ended what was under way
            """,
        version: AgentVersion.text,
        groupedSubcommands: [
            CommandGroup(name: "Serve", subcommands: [HTTP.self, TCP.self, UDP.self, Start.self, Run.self]),
            CommandGroup(
                name: "Ask the running agent",
                subcommands: [Status.self, List.self, Stop.self, Logs.self, Inspect.self]
            ),
            CommandGroup(
                name: "Set up",
                subcommands: [Enroll.self, Identity.self, Config.self, Password.self, ServiceCommand.self]
            ),
            CommandGroup(
                name: "Look at",
                subcommands: [DoctorCommand.self, Trust.self, Completion.self, Version.self]
            ),
        ]
    )

    static func main() async {
        NameService.settle()
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
