/// One endpoint as a person describes it, whether by flags, in a file or over the local API; nothing is checked yet.
///
/// Paths are absolute: whoever read a relative one knows what it is relative to.
package struct EndpointSpec: Sendable, Equatable, Codable {
    /// What the person calls it; no two endpoints of an agent have one name.
    package var name: String
    /// `http`, `tcp` or `udp`.
    package var kind: String
    /// The public host name to ask for: a label or a full name.
    package var hostname: String?
    /// The public port to ask for.
    package var port: Int?
    /// The local service.
    package var target: String
    /// A file with the certificates that may sign the one of an `https://` target; nil for those of the system.
    package var upstreamCA: String?
    /// The name that the certificate of an `https://` target must carry; nil for the target's host.
    package var upstreamServerName: String?
    /// `rewrite` for the target's own address, any other text as it is; nil for the visitor's.
    package var hostHeader: String?
    /// `v1` or `v2`.
    package var proxyProtocol: String?
    /// Whether the target may be elsewhere in the private network.
    package var allowPrivate = false
    /// Whether a folder without an index page shows what is in it.
    package var listing = false
    package var basicAuthFile: String?
    package var allowCIDR: [String] = []
    package var denyCIDR: [String] = []
    package var requestHeaders = HeaderSpec()
    package var responseHeaders = HeaderSpec()
    /// Whether the inspector sees its requests.
    package var inspect = true
    /// Whether it is served without being asked for by name.
    package var enabled = true

    package init(name: String, kind: String, target: String) {
        self.name = name
        self.kind = kind
        self.target = target
    }

    /// What is done to the fields of a message.
    package struct HeaderSpec: Sendable, Equatable, Codable {
        package struct Field: Sendable, Equatable, Codable {
            package var name: String
            package var value: String

            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// Takes the place of what the message has under the name.
        package var add: [Field] = []
        package var remove: [String] = []

        package init(add: [Field] = [], remove: [String] = []) {
            self.add = add
            self.remove = remove
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            add = try members.decodeIfPresent([Field].self, forKey: .add) ?? []
            remove = try members.decodeIfPresent([String].self, forKey: .remove) ?? []
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name, kind, hostname, port, target, listing, inspect, enabled
        case upstreamCA = "upstream_ca"
        case upstreamServerName = "upstream_server_name"
        case hostHeader = "host_header"
        case proxyProtocol = "proxy_protocol"
        case allowPrivate = "allow_private"
        case basicAuthFile = "basic_auth_file"
        case allowCIDR = "allow_cidr"
        case denyCIDR = "deny_cidr"
        case requestHeaders = "request_headers"
        case responseHeaders = "response_headers"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        kind = try members.decodeIfPresent(String.self, forKey: .kind) ?? "http"
        hostname = try members.decodeIfPresent(String.self, forKey: .hostname)
        port = try members.decodeIfPresent(Int.self, forKey: .port)
        target = try members.decode(String.self, forKey: .target)
        upstreamCA = try members.decodeIfPresent(String.self, forKey: .upstreamCA)
        upstreamServerName = try members.decodeIfPresent(String.self, forKey: .upstreamServerName)
        hostHeader = try members.decodeIfPresent(String.self, forKey: .hostHeader)
        proxyProtocol = try members.decodeIfPresent(String.self, forKey: .proxyProtocol)
        allowPrivate = try members.decodeIfPresent(Bool.self, forKey: .allowPrivate) ?? false
        listing = try members.decodeIfPresent(Bool.self, forKey: .listing) ?? false
        basicAuthFile = try members.decodeIfPresent(String.self, forKey: .basicAuthFile)
        allowCIDR = try members.decodeIfPresent([String].self, forKey: .allowCIDR) ?? []
        denyCIDR = try members.decodeIfPresent([String].self, forKey: .denyCIDR) ?? []
        requestHeaders = try members.decodeIfPresent(HeaderSpec.self, forKey: .requestHeaders) ?? HeaderSpec()
        responseHeaders = try members.decodeIfPresent(HeaderSpec.self, forKey: .responseHeaders) ?? HeaderSpec()
        inspect = try members.decodeIfPresent(Bool.self, forKey: .inspect) ?? true
        enabled = try members.decodeIfPresent(Bool.self, forKey: .enabled) ?? true
    }
}
