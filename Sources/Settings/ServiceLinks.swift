/// Variables that Kubernetes sets in every pod next to a Service, named after the Service.
///
/// A Service called `osm-proxy` gives `OSM_PROXY_SERVICE_HOST`, `OSM_PROXY_PORT`, `OSM_PROXY_PORT_8443_TCP_ADDR` and so on;
/// one called `osm-proxy-admin` the same behind `OSM_PROXY_ADMIN_`. They are known by `..._SERVICE_HOST`, which always
/// comes with the others.
struct ServiceLinks {
    /// What the names of each Service begin with, such as `OSM_PROXY_`.
    private let stems: [String]

    init(_ environment: [String: String]) {
        let mark = "SERVICE_HOST"
        stems = environment.keys.filter { $0.hasSuffix("_" + mark) }.map { String($0.dropLast(mark.count)) }
    }

    func contain(_ name: String) -> Bool {
        stems.contains { name.hasPrefix($0) && Self.isLink(name.dropFirst($0.count)) }
    }

    private static func isLink(_ rest: Substring) -> Bool {
        if ["SERVICE_HOST", "SERVICE_PORT", "PORT"].contains(rest) || rest.hasPrefix("SERVICE_PORT_") { return true }
        let parts = rest.split(separator: "_", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), parts[0] == "PORT", Quantity.digits(parts[1]) != nil else { return false }
        guard ["TCP", "UDP", "SCTP"].contains(parts[2]) else { return false }
        return parts.count == 3 || ["ADDR", "PORT", "PROTO"].contains(parts[3])
    }
}
