import ArgumentParser
import CertificateAuthority
import FoundationEssentials
import Logging

/// What a first start makes.
struct FirstStartOptions: ParsableArguments {
    @Flag(
        name: .customLong("init"),
        help: "Make the CA first if the folder is empty or absent; needs --domain or OSM_DOMAIN."
    )
    var isWanted = false

    @Option(help: ArgumentHelp("With --init: the name that edges bear, they or a name below it.", valueName: "name"))
    var domain: String?

    @Option(
        name: .customLong("edge"),
        help: ArgumentHelp(
            "With --init: where agents dial an edge; may be repeated. (default: OSM_EDGE or DOMAIN:8443)",
            valueName: "host:port"
        )
    )
    var edges: [String] = []

    func validate() throws {
        guard isWanted == (asked != nil), isWanted || edges.isEmpty else {
            throw ValidationError("--init, --domain and --edge go together; --edge may be left out.")
        }
    }

    /// The domain, and what the operator calls the setting.
    private var asked: Setting<String>? {
        if let domain { return Setting(name: "--domain", value: domain) }
        return isWanted ? Self.variable("OSM_DOMAIN") : nil
    }

    /// The edges, and what the operator calls the setting; the variable has one, since it is that of a stack with one edge.
    private var askedEdges: Setting<[String]> {
        guard edges.isEmpty, let edge = Self.variable("OSM_EDGE") else { return Setting(name: "--edge", value: edges) }
        return Setting(name: edge.name, value: [edge.value])
    }

    private static func variable(_ name: String) -> Setting<String>? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
        return Setting(name: name, value: value)
    }

    /// What was asked for; throws, by the name of the setting, for what is no domain or no address of an edge.
    func plan() throws -> FirstStartPlan? {
        guard let asked else { return nil }
        let askedEdges = askedEdges
        let domain = try asked.naming { try DomainName($0) }
        let edges = try askedEdges.naming { try $0.map { try EdgeAddress($0, domain: domain) } }
        return FirstStartPlan(
            start: FirstStart(domain: domain, edges: edges),
            domain: asked,
            edges: askedEdges
        )
    }

    /// Makes the CA if there is none, and tells what has to be done by hand.
    ///
    /// - Returns: Whether it was made now.
    func prepare(_ plan: FirstStartPlan?, _ folder: AuthorityFolder, _ logger: Logger) throws -> Bool {
        let isNew = try plan?.prepare(folder, logger) ?? false
        remind(folder, logger)
        return isNew
    }

    /// Says which roots' keys are still here; what keeps it from knowing keeps nobody from being served.
    private func remind(_ folder: AuthorityFolder, _ logger: Logger) {
        do {
            for key in try RemainingRootKeys(in: folder).list() {
                logger.warning(
                    "a root's key is still here: copy it to a medium that is kept offline, then run \"ca-tools offline\"",
                    metadata: ["path": "\(key.path)", "root_sha256": "\(key.rootSHA256)"]
                )
            }
        } catch {
            logger.warning("whether a root's key is still here is not known", metadata: ["problem": "\(error)"])
        }
    }
}

/// A value, and what the operator calls the setting that it is of.
struct Setting<Value> {
    let name: String
    let value: Value

    /// Says of what is wrong with the value which setting it is.
    func naming<Result>(_ work: (Value) throws -> Result) throws -> Result {
        do {
            return try work(value)
        } catch let error as AuthorityError where error.code == .invalidInput {
            throw AuthorityError(error.code, "\(name): \(error.problem)", next: error.nextStep)
        }
    }
}

/// A first start, with the names of the settings that it was made of.
struct FirstStartPlan {
    let start: FirstStart
    let domain: Setting<String>
    let edges: Setting<[String]>

    /// - Returns: Whether the CA was made now.
    func prepare(_ folder: AuthorityFolder, _ logger: Logger) throws -> Bool {
        switch try domain.naming({ _ in try start.prepare(folder) }) {
        case .made(let root):
            logger.notice("made the operator's CA", metadata: ["ca": "\(folder.path)", "root_sha256": "\(root)"])
            return true
        case .found:
            return false
        case .foundWithOtherEdges(let known):
            throw AuthorityError(
                .invalidInput,
                "\(edges.name): the CA was made with other edges, and agents dial those: \(known.joined(separator: " "))",
                next: "name those; for others, make another CA in another folder"
            )
        }
    }
}
