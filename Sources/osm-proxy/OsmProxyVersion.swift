/// Name and version of this program, as agents and operators see it.
enum OsmProxyVersion {
    static let text = "osm-proxy/0.1.0"
}
