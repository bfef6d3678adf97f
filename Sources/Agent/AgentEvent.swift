/// Something that happens to an agent, for whoever watches.
package enum AgentEvent: Sendable, Equatable {
    /// A tunnel has changed; this is how it is now.
    case tunnel(TunnelStatus)
    /// An endpoint has changed; this is how it is now.
    case endpoint(EndpointStatus)
    /// An endpoint is served no more.
    case removed(name: String)
    case request(RequestRecord)
    /// The device has another certificate, or something else is wrong with the one it has.
    case certificate(CertificateStatus)
    /// The agent was told to stop, and so many requests are under way.
    case leaving(requests: Int)
}

/// What a subscriber wants to hear of.
package enum AgentNews: Sendable {
    /// All but single requests, of which there may be thousands a second.
    case changes
    case everything

    func include(_ event: AgentEvent) -> Bool {
        switch (self, event) {
        case (.changes, .request): false
        case (.changes, .tunnel), (.changes, .endpoint), (.changes, .removed), (.changes, .certificate),
            (.changes, .leaving):
            true
        case (.everything, _): true
        }
    }
}

extension AgentEvent: Codable {
    private enum CodingKeys: String, CodingKey { case event, tunnel, endpoint, name, request, certificate, requests }
    private enum Word: String, Codable { case tunnel, endpoint, removed, request, certificate, leaving }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self =
            switch try members.decode(Word.self, forKey: .event) {
            case .tunnel: .tunnel(try members.decode(TunnelStatus.self, forKey: .tunnel))
            case .endpoint: .endpoint(try members.decode(EndpointStatus.self, forKey: .endpoint))
            case .removed: .removed(name: try members.decode(String.self, forKey: .name))
            case .request: .request(try members.decode(RequestRecord.self, forKey: .request))
            case .certificate: .certificate(try members.decode(CertificateStatus.self, forKey: .certificate))
            case .leaving: .leaving(requests: try members.decode(Int.self, forKey: .requests))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .tunnel(let status):
            try members.encode(Word.tunnel, forKey: .event)
            try members.encode(status, forKey: .tunnel)
        case .endpoint(let status):
            try members.encode(Word.endpoint, forKey: .event)
            try members.encode(status, forKey: .endpoint)
        case .removed(let name):
            try members.encode(Word.removed, forKey: .event)
            try members.encode(name, forKey: .name)
        case .request(let record):
            try members.encode(Word.request, forKey: .event)
            try members.encode(record, forKey: .request)
        case .certificate(let status):
            try members.encode(Word.certificate, forKey: .event)
            try members.encode(status, forKey: .certificate)
        case .leaving(let requests):
            try members.encode(Word.leaving, forKey: .event)
            try members.encode(requests, forKey: .requests)
        }
    }
}
