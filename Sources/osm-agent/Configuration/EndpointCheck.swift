import Agent
import Settings

/// What only the engine can judge of an endpoint.
enum EndpointCheck {
    /// What is wrong, at the setting that is to blame.
    static func problem(_ endpoint: FileEndpoint) -> SettingsProblem? {
        do throws(EndpointProblem) {
            _ = try endpoint.spec.endpoint()
            return nil
        } catch {
            let keys = keys(of: error.member)
            let key = keys.first { endpoint.places[$0] != nil } ?? keys[0]
            return SettingsProblem(endpoint.place(of: key), "\(key): \(error.sentence)")
        }
    }

    /// The keys under which a file nests a member of the description; more than one where a member has parts.
    static func keys(of member: String) -> [String] {
        switch member {
        case "upstream_ca": ["upstream.ca"]
        case "upstream_server_name": ["upstream.server_name"]
        case "host_header", "proxy_protocol", "allow_private", "listing": ["upstream.\(member)"]
        case "basic_auth_file", "allow_cidr", "deny_cidr": ["access.\(member)"]
        case "request_headers", "response_headers": ["\(member).add", "\(member).remove"]
        default: [member]  // a text, not an enum
        }
    }
}
