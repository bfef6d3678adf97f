import Agent

/// What a person changed about the endpoints while the agent ran, so that it comes back when the agent does.
struct EnabledEndpoints: Sendable, Equatable, Codable {
    /// How many endpoints are remembered that stand in no file.
    static let limit = EndpointDesk.limit

    private var version = 1
    /// By name, endpoints of a file that were started or stopped; only what differs from the file.
    private(set) var choices: [String: Bool] = [:]
    /// Endpoints that stand in no file, in the order in which they were started.
    private(set) var added: [EndpointSpec] = []

    init() {}

    /// Everything there is: the endpoints of the files as they were left, and then those that were added.
    ///
    /// A file wins over an added endpoint of the same name, or one that asks the edge for the same name or port.
    ///
    /// - Parameter file: The endpoints of the files.
    /// - Returns: Also the endpoints that are not to be served; `enabled` tells.
    func endpoints(over file: [EndpointSpec]) -> [EndpointSpec] {
        let chosen = file.map { spec in
            var spec = spec
            spec.enabled = choices[spec.name] ?? spec.enabled
            return spec
        }
        return chosen + added.filter { added in !file.contains { $0.name == added.name || $0.rivals(added) } }
    }

    /// Remembers that an endpoint of the files or an added one was started or stopped.
    ///
    /// - Returns: false when there is no such endpoint.
    mutating func setEnabled(_ isEnabled: Bool, _ name: String, over file: [EndpointSpec]) -> Bool {
        if let spec = file.first(where: { $0.name == name }) {
            choices[name] = spec.enabled == isEnabled ? nil : isEnabled
            return true
        }
        guard let index = added.firstIndex(where: { $0.name == name }) else { return false }
        added[index].enabled = isEnabled
        return true
    }

    /// Remembers an endpoint that stands in no file, in place of an earlier one of its name.
    ///
    /// - Returns: false when there are too many.
    mutating func add(_ spec: EndpointSpec) -> Bool {
        if let index = added.firstIndex(where: { $0.name == spec.name }) {
            added[index] = spec
            return true
        }
        guard added.count < Self.limit else { return false }
        added.append(spec)
        return true
    }

    /// Forgets an endpoint that stands in no file.
    mutating func remove(_ name: String) { added.removeAll { $0.name == name } }

    /// Remembers what was done over the local API; what does not fit any more is not remembered.
    mutating func remember(_ change: EndpointChange, over file: [EndpointSpec]) {
        switch change {
        case .added(let spec): _ = add(spec)
        case .removed(let name): remove(name)
        case .enabled(let isEnabled, let name): _ = setEnabled(isEnabled, name, over: file)
        }
    }

    /// Forgets choices that say what the files say anyway, or are about endpoints that are gone.
    mutating func prune(over file: [EndpointSpec]) {
        choices = choices.filter { name, isEnabled in
            file.contains { $0.name == name && $0.enabled != isEnabled }
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        version = try members.decode(Int.self, forKey: .version)
        guard version == 1 else {
            throw DecodingError.dataCorruptedError(forKey: .version, in: members, debugDescription: "not version 1")
        }
        choices = try members.decode([String: Bool].self, forKey: .choices)
        added = Array(try members.decode([EndpointSpec].self, forKey: .added).prefix(Self.limit))
    }

    private enum CodingKeys: String, CodingKey { case version, choices, added }
}

extension EndpointSpec {
    /// Whether both ask the edge for the same name or port.
    func rivals(_ other: EndpointSpec) -> Bool {
        if let hostname, let theirs = other.hostname { return hostname.lowercased() == theirs.lowercased() }
        guard let port, let theirs = other.port else { return false }
        return kind == other.kind && port == theirs
    }
}
