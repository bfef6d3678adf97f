import FoundationEssentials
import TestSupport

/// A CA for origins and what it has signed, made by the `openssl` command for one test.
struct OriginCertificates {
    private let folder: TemporaryFolder

    /// The CA's certificate as PEM.
    let authority: String

    init() throws {
        folder = try TemporaryFolder()
        let isAuthority = "basicConstraints=critical,CA:TRUE"
        authority = try Self.selfSigned("CA", in: folder.path, name: "ca", extension: isAuthority)
        for path in ["index", "index.attr"] { try write("", to: path) }
        try write("01", to: "serial")
        try write(Self.configuration(folder.path), to: "ca.cnf")
    }

    /// A certificate and its key, as PEM.
    struct Identity: Sendable {
        let chain: String
        let key: String
    }

    /// Something that the CA has signed for alternative names such as `DNS:localhost,IP:127.0.0.1`.
    func leaf(
        _ names: String = "DNS:localhost,IP:127.0.0.1,IP:::1",
        from beginning: String = "20200101000000Z",
        to end: String = "20991231000000Z"
    ) throws -> Identity {
        let name = "leaf-\(UUID().uuidString)"
        try write("subjectAltName=\(names)\n", to: "\(name).ext")
        try Self.openssl(
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=origin",
            "-keyout",
            path("\(name).key"),
            "-out",
            path("\(name).csr")
        )
        try Self.openssl(
            "ca",
            "-batch",
            "-notext",
            "-config",
            path("ca.cnf"),
            "-extfile",
            path("\(name).ext"),
            "-startdate",
            beginning,
            "-enddate",
            end,
            "-in",
            path("\(name).csr"),
            "-out",
            path("\(name).pem")
        )
        return Identity(chain: try read("\(name).pem"), key: try read("\(name).key"))
    }

    /// One that has signed itself.
    func selfSigned() throws -> Identity {
        let name = "subjectAltName=DNS:localhost"
        let chain = try Self.selfSigned("alone", in: folder.path, name: "alone", extension: name)
        return Identity(chain: chain, key: try read("alone.key"))
    }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    private func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    private static func selfSigned(
        _ subject: String,
        in folder: String,
        name: String,
        extension addition: String
    ) throws -> String {
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=\(subject)",
            "-keyout",
            "\(folder)/\(name).key",
            "-out",
            "\(folder)/\(name).pem",
            "-addext",
            addition
        )
        return try String(contentsOfFile: "\(folder)/\(name).pem", encoding: .utf8)
    }

    private static func configuration(_ folder: String) -> String {
        """
        [ca]
        default_ca=own
        [own]
        database=\(folder)/index
        serial=\(folder)/serial
        new_certs_dir=\(folder)
        certificate=\(folder)/ca.pem
        private_key=\(folder)/ca.key
        default_md=sha256
        policy=any
        unique_subject=no
        [any]
        commonName=supplied

        """
    }

    private static func openssl(_ arguments: String...) throws {
        let outcome = try OpenSSLCommand.run("/usr/bin/openssl", arguments)
        guard outcome.succeeded else { throw OpenSSLFailed(text: outcome.text) }
    }
}

struct OpenSSLFailed: Error {
    let text: String
}
