import Foundation
import NIOCore
import Testing
import TunnelProtocol

/// Holds `docs/yellow-paper.md` against the code, so that neither changes alone.
struct YellowPaperTests {
    private static func paper() throws -> String {
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: package.appending(path: "docs/yellow-paper.md"), encoding: .utf8)
    }

    /// The contents of each fenced block of the paper whose fence says so.
    private static func blocks(fencedAs kind: String) throws -> [String] {
        try paper().components(separatedBy: "\n```\(kind)\n").dropFirst().compactMap { rest in
            rest.components(separatedBy: "\n```").first
        }
    }

    /// The rows of each table of the section with this heading, their cells trimmed of spaces and backticks.
    private static func rows(ofSection heading: String) throws -> [[String]] {
        let section = try paper().components(separatedBy: "\n## \(heading)\n").dropFirst().first ?? ""
        let body = section.components(separatedBy: "\n## ").first ?? ""
        return body.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, fraction) = duration.components
        return fraction == 0 ? "\(seconds)" : "\(Double(seconds) + Double(fraction) / 1e18)"
    }

    private static let constants: [String: String] = [
        "protocolVersion": "\(TunnelConstants.protocolVersion)",
        "controlProtocol": TunnelConstants.controlProtocol,
        "controlPath": TunnelConstants.controlPath,
        "controlLineBytes": "\(TunnelConstants.controlLineBytes)",
        "messagesPerWindow": "\(TunnelConstants.messagesPerWindow)",
        "messageWindow": seconds(TunnelConstants.messageWindow),
        "slots": "\(TunnelConstants.slots)",
        "bindingsPerDevice": "\(TunnelConstants.bindingsPerDevice)",
        "instancesRemembered": "\(TunnelConstants.instancesRemembered)",
        "portsPerDevice": "\(TunnelConstants.portsPerDevice)",
        "connectDeadline": seconds(TunnelConstants.connectDeadline),
        "flowIdleTime": seconds(TunnelConstants.flowIdleTime),
        "datagramBytes": "\(TunnelConstants.datagramBytes)",
        "softwareBytes": "\(TunnelConstants.softwareBytes)",
        "sentenceBytes": "\(TunnelConstants.sentenceBytes)",
        "debugDataBytes": "\(TunnelConstants.debugDataBytes)",
        "largestInteger": "\(TunnelConstants.largestInteger)",
        "largestReference": "\(TunnelConstants.largestReference)",
        "longestCountOfSeconds": "\(TunnelConstants.seconds.upperBound)",
        "handshakeDeadline": seconds(TunnelConstants.handshakeDeadline),
        "helloDeadline": seconds(TunnelConstants.helloDeadline),
        "heartbeatInterval": seconds(TunnelConstants.heartbeatInterval),
        "deadAfter": seconds(TunnelConstants.deadAfter),
        "drainTime": seconds(TunnelConstants.drainTime),
        "leaseTime": seconds(TunnelConstants.leaseTime),
        "backoffBase": seconds(TunnelConstants.backoffBase),
        "backoffCap": seconds(TunnelConstants.backoffCap),
        "healthyAfter": seconds(TunnelConstants.healthyAfter),
        "longestRetryAfter": seconds(TunnelConstants.longestRetryAfter),
        "renewalDeadline": seconds(TunnelConstants.renewalDeadline),
        "renewalPauseBase": seconds(TunnelConstants.renewalPauseBase),
        "renewalPauseCap": seconds(TunnelConstants.renewalPauseCap),
        "chainCertificates": "\(TunnelConstants.chainCertificates)",
        "chainBytes": "\(TunnelConstants.chainBytes)",
        "requestBytes": "\(TunnelConstants.requestBytes)",
        "enrolmentPort": "\(TunnelConstants.enrolmentPort)",
        "enrolmentPath": TunnelConstants.enrolmentPath,
        "enrolmentBodyBytes": "\(TunnelConstants.enrolmentBodyBytes)",
        "enrolmentDeadline": seconds(TunnelConstants.enrolmentDeadline),
        "enrolmentAttempts": "\(TunnelConstants.enrolmentAttempts)",
    ]

    @Test func `the table of constants is the code's, row by row`() throws {
        let rows = try Self.rows(ofSection: "2. Constants")
        let table = Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
        #expect(table == Self.constants)
        #expect(rows.count == Self.constants.count)
    }

    /// Whether the line is a message of that side, written exactly as our encoder writes it.
    private static func isCanonical<Message: ControlMessage>(_ line: String, as: Message.Type) throws -> String? {
        var decoder = ControlDecoder<Message>()
        guard let message = try decoder.feed(ByteBuffer(string: "\(line)\n")).first else { return nil }
        return String(buffer: message.line) == "\(line)\n" ? message.type : nil
    }

    @Test func `each example is a message, written as our side writes it`() throws {
        for example in try Self.blocks(fencedAs: "json example") {
            let type =
                try Self.isCanonical(example, as: AgentMessage.self) ?? Self.isCanonical(example, as: EdgeMessage.self)
            #expect(type != nil, "\(example)")
        }
    }

    @Test func `there is an example and a schema for each type of message`() throws {
        let examples = try Self.blocks(fencedAs: "json example")
        let schemas = try Self.blocks(fencedAs: "json schema")
        let types = [
            "hello", "register", "unregister", "heartbeat", "ack", "welcome", "registered", "refused", "drain",
            "superseded", "renew", "renewed",
        ]
        for type in types {
            #expect(examples.contains { $0.contains("\"type\":\"\(type)\"") }, "\(type)")
            #expect(schemas.contains { $0.contains("\"\(type)\"") }, "\(type)")
        }
    }

    @Test func `each schema is JSON and requires what each example has`() throws {
        let examples = try Self.blocks(fencedAs: "json example").map(Self.object)
        for schema in try Self.blocks(fencedAs: "json schema").map(Self.object) {
            let properties = try #require(schema["properties"] as? [String: [String: Any]])
            let required = try #require(schema["required"] as? [String])
            #expect(Set(required).isSubset(of: properties.keys))
            guard let type = properties["type"] else { continue }
            let names = (type["enum"] as? [String]) ?? [type["const"] as? String].compactMap { $0 }
            for example in examples where names.contains(example["type"] as? String ?? "") {
                #expect(Set(required).isSubset(of: example.keys))
                #expect(Set(example.keys).isSubset(of: properties.keys))
            }
        }
    }

    private static func object(_ json: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
    }

    @Test func `each notice is one that an agent reads`() throws {
        let notices = try Self.blocks(fencedAs: "json notice")
        #expect(!notices.isEmpty)
        for notice in notices { #expect(GoAwayNotice(debugData: notice.utf8)?.json == notice) }
    }

    @Test func `each refusal has a row that says whether it is permanent`() throws {
        let rows = try Self.rows(ofSection: "5. The control stream")
        for code in RegistrationRefusal.allCases {
            let row = try #require(rows.first { $0[0] == code.rawValue })
            #expect(row[2] == (code.isPermanent ? "yes" : "no"), "\(code)")
        }
    }

    @Test func `each refusal to issue a certificate has a row with its status`() throws {
        let rows = try Self.rows(ofSection: "17. Enrolment")
        for code in IssuanceRefusal.allCases {
            let row = try #require(rows.first { $0[0] == code.rawValue })
            #expect(row[1].hasPrefix("\(code.status)"), "\(code)")
            #expect(row[4] == (code.isPermanent ? "yes" : "no"), "\(code)")
        }
    }

    @Test func `the documents of an enrolment are read and written as they stand there`() throws {
        let request = try #require(try Self.blocks(fencedAs: "json enrolment request").first)
        let asked = try #require(IssuanceJSON.document(EnrolmentRequest.self, from: request.utf8))
        #expect(String(decoding: try IssuanceJSON.bytes(asked), as: UTF8.self) == request)
        let answer = try #require(try Self.blocks(fencedAs: "json enrolment answer").first)
        let given = try #require(IssuanceJSON.document(EnrolmentAnswer.self, from: answer.utf8))
        #expect(String(decoding: try IssuanceJSON.bytes(given), as: UTF8.self) == answer)
        let problem = try #require(try Self.blocks(fencedAs: "json problem").first)
        #expect(String(decoding: try IssuanceJSON.bytes(IssuanceProblem(.invitationUsed)), as: UTF8.self) == problem)
    }

    @Test func `each notice has a row that says whether it is permanent`() throws {
        let rows = try Self.rows(ofSection: "11. Ends and error codes")
        for code in GoAwayNotice.Code.allCases {
            let row = try #require(rows.first { $0[0] == code.rawValue })
            #expect(row[2].hasPrefix(code.isPermanent ? "yes" : "no"), "\(code)")
        }
    }

    @Test func `each error of a control stream is named in the paper`() throws {
        let paper = try Self.paper()
        for error in [ControlError.lineTooLong, .notJSON, .missingMember, .unexpected, .tooMany] {
            #expect(paper.contains("`\(error.rawValue)`"))
        }
    }

    @Test func `each reserved label is listed`() throws {
        let paper = try Self.paper()
        let list = try #require(paper.components(separatedBy: "Reserved labels: ").dropFirst().first)
        let sentence = try #require(list.components(separatedBy: ".\n").first)
        let labels = sentence.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(Set(labels) == ReservedNames.labels)
    }
}
