import ArgumentParser
import Telemetry

/// `osm-agent version`.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the version of this program and of its local API."
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let own = VersionDocument.own
        StandardStream.output.write(json ? try JSONText.of(own) : "\(own.version), local API version \(own.api)\n")
    }
}
