import Cryptography
package import FoundationEssentials

/// What the service does by itself: renew edges, sign lists, hand out what changed.
///
/// A value that remembers what it has seen. Nothing in it runs by itself: somebody calls ``turn(at:)`` every few seconds,
/// and a turn in which nothing is due reads a few small files.
package struct Upkeep: Sendable {
    /// What a turn did, for the log.
    package enum Event: Equatable, Sendable {
        case edgeRenewed(name: String, notAfter: String)
        case listsSigned
        case edgePublished(files: [String])
        case agentsPublished(AgentPublication.Outcome)
        /// The duty is tried again after that many seconds.
        case failed(Duty, problem: String, retry: Int)
    }

    /// The things to be done, each of which fails and is tried again by itself.
    package enum Duty: String, CaseIterable, Sendable {
        case edges, lists, edgeFiles = "edge-files", agents
    }

    private let folder: AuthorityFolder
    private let edgeFiles: EdgePublication?
    private let agents: AgentPublication?
    private let memory: LogMemory

    /// When a duty that failed is tried again, and how long the wait before was.
    private var waits: [Duty: (until: Date, seconds: Int)] = [:]
    /// Certificates that are due but were revoked: they are not looked at again.
    private var revokedEdges: Set<String> = []
    /// The log when it was last compared with the lists.
    private var comparedLog: FileStamp?
    /// What the agents on offer were made of.
    private var publishedSources: [String: FileStamp]?

    /// Upkeep of a folder, with what is to be handed out.
    package init(
        _ folder: AuthorityFolder,
        edgeFiles: EdgePublication? = nil,
        agents: AgentPublication? = nil,
        memory: LogMemory = LogMemory()
    ) {
        self.folder = folder
        self.memory = memory
        self.edgeFiles = edgeFiles
        self.agents = agents
    }

    /// Does what is due at that moment.
    package mutating func turn(at date: Date) -> [Event] {
        Duty.allCases.flatMap { duty in
            if let wait = waits[duty], date < wait.until { return [Event]() }
            do {
                let events = try perform(duty, at: date)
                waits[duty] = nil
                return events
            } catch {
                let seconds = min((waits[duty]?.seconds ?? 1) * 2, Self.longestWait)
                waits[duty] = (date.addingTimeInterval(TimeInterval(seconds)), seconds)
                return [.failed(duty, problem: "\(error)", retry: seconds)]
            }
        }
    }

    private static let longestWait = 300

    private mutating func perform(_ duty: Duty, at date: Date) throws -> [Event] {
        switch duty {
        case .edges: try renewEdges(at: date)
        case .lists: try signLists(at: date)
        case .edgeFiles: try publishEdge()
        case .agents: try publishAgents(at: date)
        }
    }

    // MARK: Edges

    private mutating func renewEdges(at date: Date) throws -> [Event] {
        let issuer = try folder.certificate(folder.issuer(.edge))
        var events: [Event] = []
        for name in try folder.edgeNames() {
            let leaf = try folder.certificate(folder.edge(name))
            guard try isDue(leaf, at: date, under: issuer) else { continue }
            let serial = try leaf.serial().description
            guard !revokedEdges.contains(serial) else { continue }
            var authority = try open(at: date)
            guard authority.log.revocations[serial] == nil else {
                revokedEdges.insert(serial)
                continue
            }
            let issued = try authority.issueEdge(name, renew: true)
            events.append(.edgeRenewed(name: name.description, notAfter: issued.notAfter))
        }
        return events
    }

    /// After two thirds of its life, and at once when a rotation has put another CA in place of its issuer.
    private func isDue(_ leaf: X509Certificate, at date: Date, under issuer: X509Certificate) throws -> Bool {
        let (start, end) = (try leaf.notBefore(), try leaf.notAfter())
        let due = start.addingTimeInterval(end.timeIntervalSince(start) * 2 / 3)
        return try date >= due || !leaf.isSigned(by: issuer)
    }

    // MARK: Lists

    private mutating func signLists(at date: Date) throws -> [Event] {
        let stamp = DurableFile.stamp(folder.log)
        let isWhole = try stamp == comparedLog || folder.unlistedRevocations(in: folder.readLog(memory)).isEmpty
        guard try !isWhole || IssuerRole.allCases.contains(where: { try areListsDue($0, at: date) }) else {
            comparedLog = stamp
            return []
        }
        var authority = try open(at: date)
        try authority.signLists()
        comparedLog = DurableFile.stamp(folder.log)
        return [.listsSigned]
    }

    /// After a third of its life; a list that cannot be read is due as well.
    private func areListsDue(_ role: IssuerRole, at date: Date) throws -> Bool {
        let path = folder.revocationLists(role)
        guard DurableFile.mode(path) != nil else { return true }
        let lists: [RevocationList]
        do { lists = try RevocationList.lists(pem: folder.read(path)) } catch is CryptographyError { return true }
        return try lists.contains { list in
            let (start, end) = (try list.thisUpdate(), try list.nextUpdate())
            return date >= start.addingTimeInterval(end.timeIntervalSince(start) / 3)
        }
    }

    // MARK: What is handed out

    private func publishEdge() throws -> [Event] {
        guard let files = try edgeFiles?.write(for: folder), !files.isEmpty else { return [] }
        return [.edgePublished(files: files)]
    }

    private mutating func publishAgents(at date: Date) throws -> [Event] {
        guard let agents else { return [] }
        var sources = try agents.sourceStamps()
        sources[folder.bundle] = DurableFile.stamp(folder.bundle)
        guard sources != publishedSources else { return [] }
        let outcome = try agents.write(for: folder, now: date)
        publishedSources = sources
        return outcome.written.isEmpty ? [] : [.agentsPublished(outcome)]
    }

    private func open(at date: Date) throws -> Authority {
        try Authority.open(folder, patience: IssuingDesk.patience, memory: memory, now: { date })
    }
}
