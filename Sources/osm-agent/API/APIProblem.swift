import AdminHTTP
import Agent
import FoundationEssentials
import NIOCore

/// Why the local API does not do what it was asked, as RFC 9457 has it.
struct APIProblem: Error, Equatable {
    /// What scripts may rely on; the last part of `type`.
    enum Kind: String, CaseIterable, Sendable {
        case badRequest = "bad-request"
        case badEndpoint = "bad-endpoint"
        case nameInUse = "name-in-use"
        case unknownEndpoint = "unknown-endpoint"
        case standsInFile = "stands-in-file"
        case tooManyEndpoints = "too-many-endpoints"
        case refused
        case noConfiguration = "no-configuration"
        case noInspector = "no-inspector"
        case broken

        var status: Int {
            switch self {
            case .badRequest: 400
            case .unknownEndpoint: 404
            case .nameInUse, .standsInFile, .refused, .noConfiguration, .noInspector: 409
            case .badEndpoint: 422
            case .tooManyEndpoints: 429
            case .broken: 500
            }
        }

        var title: String {
            switch self {
            case .badRequest: "The request cannot be read."
            case .badEndpoint: "The endpoint cannot be served as it is described."
            case .nameInUse: "Another endpoint has that name, host name or port."
            case .unknownEndpoint: "There is no such endpoint."
            case .standsInFile: "The endpoint stands in a configuration file."
            case .tooManyEndpoints: "The agent has as many endpoints as it takes."
            case .refused: "The edge refused the endpoint."
            case .noConfiguration: "The agent has no configuration file."
            case .noInspector: "The agent shows its requests to nobody."
            case .broken: "The agent could not answer."
            }
        }
    }

    static let contentType = "application/problem+json"
    private static let prefix = "urn:osm-agent:problem:"

    let kind: Kind
    /// What failed; a command ends with its code.
    let exit: AgentExit
    /// Which member of an endpoint's description is wrong.
    var member: String?

    init(_ kind: Kind, _ problem: String, _ nextStep: String, code: Int32 = 1) {
        self.kind = kind
        exit = AgentExit(code: code, problem: problem, nextStep: nextStep)
    }

    /// The edge said no.
    init(refused exit: AgentExit) {
        kind = .refused
        self.exit = exit
    }

    /// The description is wrong.
    init(_ problem: EndpointProblem) {
        self.init(
            .badEndpoint,
            "\(problem.member): \(problem.sentence)",
            "Correct it and ask again; docs/local-api.md lists the members.",
            code: 2
        )
        member = problem.member
    }

    var response: AdminResponse {
        do {
            let bytes = Array(try JSONText.of(self).utf8)
            return AdminResponse(status: kind.status, contentType: Self.contentType, body: ByteBuffer(bytes: bytes))
        } catch {
            return .text("the problem cannot be written\n", status: 500)
        }
    }
}

extension APIProblem: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, title, status, detail, code, member
        case nextStep = "next_step"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let type = try members.decode(String.self, forKey: .type)
        // A kind that a newer agent knows is told as it stands.
        kind = Kind(rawValue: String(type.dropFirst(Self.prefix.count))) ?? .broken
        exit = AgentExit(
            code: try members.decode(Int32.self, forKey: .code),
            problem: try members.decode(String.self, forKey: .detail),
            nextStep: try members.decode(String.self, forKey: .nextStep)
        )
        member = try members.decodeIfPresent(String.self, forKey: .member)
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(Self.prefix + kind.rawValue, forKey: .type)
        try members.encode(kind.title, forKey: .title)
        try members.encode(kind.status, forKey: .status)
        try members.encode(exit.problem, forKey: .detail)
        try members.encode(exit.code, forKey: .code)
        try members.encode(exit.nextStep, forKey: .nextStep)
        try members.encodeIfPresent(member, forKey: .member)
    }
}
