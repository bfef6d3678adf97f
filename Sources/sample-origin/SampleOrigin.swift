import ArgumentParser
import Foundation

/// A local service to send through a tunnel: something to look at, and something to test with.
@main
struct SampleOrigin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample-origin",
        abstract: "Serve a sample page and test endpoints on 127.0.0.1 until interrupted."
    )

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port: UInt16 = 0

    @Flag(help: "Print the address as one line of JSON.")
    var json = false

    func run() async throws {
        let json = json
        try await OriginServer().run(port: Int(port)) { port in
            let line = json ? #"{"address":"127.0.0.1:\#(port)","port":\#(port)}"# : "http://127.0.0.1:\(port)"
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
    }
}
