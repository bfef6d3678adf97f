import ArgumentParser
import Edge

/// Which TCP and UDP ports devices may have.
struct RawOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The TCP and UDP ports that devices may register, such as 20000-20100; by default none.",
            valueName: "first-last"
        )
    )
    var rawPorts: String?

    @Option(help: ArgumentHelp("The address on which those ports are opened.", valueName: "host"))
    var rawListen = "::"

    @Option(help: ArgumentHelp("A port of that range that no device gets. Repeatable.", valueName: "port"))
    var rawReserve: [UInt16] = []

    func configuration() throws -> RawConfiguration {
        var configuration = RawConfiguration()
        configuration.host = rawListen
        configuration.reserved = Set(rawReserve.map { Int($0) })
        guard let rawPorts else { return configuration }
        guard let ports = PortRange(rawPorts) else {
            throw ValidationError("--raw-ports: '\(rawPorts)' is not first-last, such as 20000-20100")
        }
        configuration.ports = ports
        return configuration
    }
}
