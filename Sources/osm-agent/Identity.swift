import Agent
import ArgumentParser
import FoundationEssentials
import Telemetry
import Trust

/// `osm-agent identity`.
struct Identity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, install and show this device's key and certificate.",
        discussion: """
            The key is made here and never leaves this machine. Who has an invitation of the
            operator enrols with osm-agent enroll, and a running agent renews the certificate
            by itself. By hand, what goes to the operator is a request; what comes back is a
            certificate:
              osm-agent identity create
              ca-tools issue device --csr device.csr --out device.pem    (at the operator's)
              osm-agent identity install device.pem
            """,
        subcommands: [Create.self, Install.self, Show.self]
    )

    struct Folder: ParsableArguments {
        @Option(
            name: .customLong("identity"),
            help: ArgumentHelp("The folder with the device's key.", valueName: "dir")
        )
        var path = IdentityFolder.standardPath

        var folder: IdentityFolder { IdentityFolder(path: path) }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and a certificate request; never overwrites a key."
        )

        @OptionGroup var identity: Folder
        @Option(help: ArgumentHelp("What the operator sees in the request.", valueName: "name"))
        var name = ProcessInfo.processInfo.hostName

        func run() throws {
            try identity.folder.create(name: String(name.prefix(64)))
            StandardStream.output.write("\(identity.folder.requestPath)\n")
            StandardStream.error.write(
                """
                Send that file to your operator; the key stays here. What comes back is for:
                  osm-agent identity install device.pem

                """
            )
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the certificate that the operator issued for this device's key."
        )

        @OptionGroup var identity: Folder
        @Argument(help: ArgumentHelp("The certificate and its issuing CA, PEM.", valueName: "file"))
        var file: String

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ValidationError("'\(file)' cannot be read")
            }
            let credentials = try identity.folder.install(chainPEM: String(decoding: data, as: UTF8.self))
            StandardStream.output.write(Show.text(credentials))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which device this is and until when.")

        @OptionGroup var identity: Folder
        @Flag(help: "Print JSON.")
        var json = false

        private struct Document: Encodable {
            let device: String
            let keyFingerprint: String
            let notBefore: Date
            let notAfter: Date

            private enum CodingKeys: String, CodingKey {
                case device
                case keyFingerprint = "key_fingerprint"
                case notBefore = "not_before"
                case notAfter = "not_after"
            }
        }

        func run() throws {
            let credentials = try identity.folder.credentials()
            guard json else { return StandardStream.output.write(Self.text(credentials)) }
            let document = Document(
                device: credentials.identity.id,
                keyFingerprint: credentials.identity.keyFingerprint,
                notBefore: credentials.notBefore,
                notAfter: credentials.identity.notAfter
            )
            StandardStream.output.write(try JSONText.of(document))
        }

        static func text(_ credentials: DeviceCredentials) -> String {
            """
            device       \(credentials.identity.id)
            key SHA-256  \(credentials.identity.keyFingerprint)
            valid until  \(credentials.identity.notAfter.formatted(.iso8601))

            """
        }
    }
}
