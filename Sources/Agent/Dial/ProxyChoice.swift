import TunnelProtocol

/// Which proxy the way to an edge leads through, if any.
package struct ProxyChoice: Sendable, Equatable {
    /// The proxy; nil to dial every edge directly.
    package let proxy: ProxyAddress?
    /// Where the proxy was named, for whoever has to correct it.
    package let source: String?
    private let exceptions: NoProxyList
    private let sparesThisMachine: Bool

    /// Never through a proxy.
    package static let direct = ProxyChoice(nil, from: nil)

    /// Through that one, to every edge.
    package static func always(_ proxy: ProxyAddress) -> ProxyChoice { ProxyChoice(proxy, from: nil) }

    private init(
        _ proxy: ProxyAddress?,
        from source: String?,
        exceptions: NoProxyList = NoProxyList(""),
        sparesThisMachine: Bool = false
    ) {
        self.proxy = proxy
        self.source = source
        self.exceptions = exceptions
        self.sparesThisMachine = sparesThisMachine
    }

    /// Decides by what the person said and what the environment says.
    ///
    /// What was said with `--proxy` counts alone, without exceptions. Otherwise HTTPS_PROXY comes before ALL_PROXY, and
    /// a name in small letters before one in capitals, as with curl; an empty variable is none. HTTP_PROXY is not
    /// read: a tunnel is TLS.
    ///
    /// - Parameters:
    ///   - flag: What follows `--proxy`: a URL without a password, or `none`.
    ///   - credentials: The password for that proxy, from a file; OSM_PROXY_CREDENTIALS (`user:password`) otherwise.
    ///   - environment: The variables of the process.
    /// - Throws: ``ProxySettingError``, which never shows what was set.
    package init(
        flag: String?,
        credentials: ProxyCredentials? = nil,
        environment: [String: String]
    ) throws(ProxySettingError) {
        if let flag {
            self = try Self.said(flag, credentials, environment)
            return
        }
        guard let (name, value) = Self.first(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"], environment)
        else {
            self = .direct
            return
        }
        do throws(ProxyAddressError) {
            var proxy = try ProxyAddress(value)
            if let credentials { proxy.credentials = credentials }
            let exceptions = Self.first(["no_proxy", "NO_PROXY"], environment)?.value ?? ""
            self.init(proxy, from: name, exceptions: NoProxyList(exceptions), sparesThisMachine: true)
        } catch {
            throw ProxySettingError(setting: name, error: error)
        }
    }

    private static func said(
        _ flag: String,
        _ credentials: ProxyCredentials?,
        _ environment: [String: String]
    ) throws(ProxySettingError) -> ProxyChoice {
        if flag == "none" { return .direct }
        var setting = "--proxy"
        do throws(ProxyAddressError) {
            var proxy = try ProxyAddress(flag)
            guard proxy.credentials == nil, !flag.contains("@") else { throw .credentialsInArgument }
            proxy.credentials = credentials
            if credentials == nil, let (name, line) = first(["OSM_PROXY_CREDENTIALS"], environment) {
                setting = name
                proxy.credentials = try ProxyCredentials(line: line)
            }
            guard proxy.scheme == .http || proxy.credentials?.fitsSOCKS5 != false else { throw .badCredentials }
            return ProxyChoice(proxy, from: "--proxy")
        } catch {
            throw ProxySettingError(setting: setting, error: error)
        }
    }

    private static func first(
        _ names: [String],
        _ environment: [String: String]
    ) -> (name: String, value: String)? {
        names.lazy.compactMap { name in environment[name].map { (name, $0) } }.first { !$0.1.isEmpty }
    }

    /// The proxy on the way to an edge; nil to dial it directly.
    ///
    /// A proxy from the environment is passed by for an edge on this machine, which it could not reach, unless it runs
    /// here itself.
    package func proxy(towards edge: EdgeAddress) -> ProxyAddress? {
        guard let proxy, !exceptions.contains(host: edge.host, port: edge.port) else { return nil }
        if sparesThisMachine, Self.isThisMachine(edge.host), !Self.isThisMachine(proxy.host) { return nil }
        return proxy
    }

    private static func isThisMachine(_ host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        return IPAddress(host)?.isLoopback ?? false
    }
}

/// A setting that names no proxy.
package struct ProxySettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The flag or the variable.
    package let setting: String
    package let error: ProxyAddressError

    package init(setting: String, error: ProxyAddressError) {
        self.setting = setting
        self.error = error
    }

    /// The setting and what is wrong with it, never its value.
    package var description: String { "\(setting) \(error.sentence)." }
}
