import Agent
import Settings

/// The settings of one endpoint, as a file nests them below an item of `endpoints`.
///
/// The parser and docs/agent-configuration.md follow from the table.
enum EndpointTable {
    typealias Table = SettingTable<EndpointSpec>
    typealias Row = Setting<EndpointSpec>

    static let table = Table(prefix: "", identity + upstream + access + headers + habits)
    /// What an endpoint is before its file says anything.
    static let blank = EndpointSpec(name: "", kind: "http", target: "")
    /// What every endpoint has to say.
    static let required = ["name", "target"]
    /// The settings whose values are paths.
    static let paths: Set<String> = ["upstream.ca", "access.basic_auth_file"]
    /// The lists that are written as mappings: a field's name, and its value.
    static let fieldLists: Set<String> = ["request_headers.add", "response_headers.add"]

    /// The kinds that a setting is for; all where none is said.
    static func kinds(_ key: String) -> [String] {
        switch key {
        case "port": ["tcp", "udp"]
        case "upstream.proxy_protocol": ["http", "tcp"]
        case "hostname", "upstream.ca", "upstream.server_name", "upstream.host_header", "upstream.listing",
            "access.basic_auth_file", "request_headers.add", "request_headers.remove", "response_headers.add",
            "response_headers.remove", "inspect":
            ["http"]
        default: ["http", "tcp", "udp"]  // a text, not an enum
        }
    }

    private static var identity: [Row] {
        [
            Row("name", .endpointName, \.name, change: .live, "What you call it; no two have the same name."),
            Row("kind", .word(["http", "tcp", "udp"]), \.kind, change: .live, "What visitors speak."),
            Row(
                "hostname",
                .text("name"),
                optional: \.hostname,
                change: .live,
                "The public name to ask for, a label or a full host name; by default the edge chooses."
            ),
            Row(
                "port",
                .count(1...65_535),
                optional: \.port,
                change: .live,
                "The public port to ask for; by default the edge chooses."
            ),
            Row(
                "target",
                .text("target"),
                \.target,
                change: .live,
                "The local service: a port, host:port, a URL, unix:PATH or a folder that begins with / or ./."
            ),
        ]
    }

    private static var upstream: [Row] {
        [
            Row(
                "upstream.ca",
                .text("file"),
                optional: \.upstreamCA,
                change: .live,
                "The certificates, PEM, that may sign the one of an https:// target; by default the system's."
            ),
            Row(
                "upstream.server_name",
                .text("name"),
                optional: \.upstreamServerName,
                change: .live,
                "The name that the certificate of an https:// target must carry; by default the target's host."
            ),
            Row(
                "upstream.host_header",
                .text("rewrite|name"),
                optional: \.hostHeader,
                change: .live,
                "The Host that the target sees: rewrite is its own address; by default the visitor's."
            ),
            Row(
                "upstream.proxy_protocol",
                .word(["v1", "v2"]),
                optional: \.proxyProtocol,
                change: .live,
                "Begin every connection with a PROXY protocol header that says who the visitor is."
            ),
            Row(
                "upstream.allow_private",
                .truth,
                \.allowPrivate,
                change: .live,
                "Allow a target elsewhere in the private network; otherwise only this machine."
            ),
            Row(
                "upstream.listing",
                .truth,
                \.listing,
                change: .live,
                "Show what is in a folder that has no index page."
            ),
        ]
    }

    private static var access: [Row] {
        [
            Row(
                "access.basic_auth_file",
                .text("file"),
                optional: \.basicAuthFile,
                change: .live,
                "A file of users and passwords; visitors are asked for one of them."
            ),
            Row(
                "access.allow_cidr",
                .cidr,
                list: \.allowCIDR,
                change: .live,
                "The addresses of visitors who are let in; by default all."
            ),
            Row(
                "access.deny_cidr",
                .cidr,
                list: \.denyCIDR,
                change: .live,
                "The addresses of visitors who are kept out, whatever the other list says."
            ),
        ]
    }

    private static var headers: [Row] {
        [
            Row(
                "request_headers.add",
                .headerField,
                list: \.requestHeaders.add,
                change: .live,
                "Fields that the target gets in place of what the visitor sent under those names."
            ),
            Row(
                "request_headers.remove",
                .headerName,
                list: \.requestHeaders.remove,
                change: .live,
                "Names of fields that the target does not get."
            ),
            Row(
                "response_headers.add",
                .headerField,
                list: \.responseHeaders.add,
                change: .live,
                "Fields that the visitor gets in place of what the target sent under those names."
            ),
            Row(
                "response_headers.remove",
                .headerName,
                list: \.responseHeaders.remove,
                change: .live,
                "Names of fields that the visitor does not get."
            ),
        ]
    }

    private static var habits: [Row] {
        [
            Row("inspect", .truth, \.inspect, change: .live, "Whether the inspector sees its requests."),
            Row("enabled", .truth, \.enabled, change: .live, "Whether it is served when the agent starts."),
        ]
    }
}
