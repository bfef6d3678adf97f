import HTTP1
import NIOCore

/// A target and how to speak to it, found to fit together: what every tunnel makes its own origin from.
package struct LocalService: Sendable {
    package let target: OriginTarget
    package let options: OriginOptions
    private let tls: OriginTLS?
    /// Who answers in place of a service.
    let desk: HandlerDesk?

    /// Checks everything that can be checked without a connection; nothing is dialled.
    package init(_ target: OriginTarget, options: OriginOptions = OriginOptions()) throws(OriginOptionsError) {
        self.target = target
        self.options = options
        desk = nil
        try Self.check(target, options)
        switch (target.scheme, target.place) {
        case (.https, .host(let host, _)): tls = try OriginTLS(host: host, options)
        case (.https, .unix), (.https, .folder), (.https, .program), (.http, _), (.http2, _): tls = nil
        }
    }

    /// The program itself answers.
    init(serving desk: HandlerDesk) {
        target = OriginTarget(scheme: .http, place: .program, reach: .loopback)
        options = OriginOptions()
        tls = nil
        self.desk = desk
    }

    private static func check(_ target: OriginTarget, _ options: OriginOptions) throws(OriginOptionsError) {
        if options.anchors != nil || options.serverName != nil, target.scheme != .https {
            throw .needsHTTPS(options.anchors != nil ? "--upstream-ca" : "--upstream-server-name")
        }
        if options.proxyHeader != nil {
            guard !target.isFolder else { throw .folderHasNo("--proxy-protocol") }
            guard target.scheme != .http2 else { throw .needsHTTP1("--proxy-protocol") }
        }
        guard options.hostHeader == .visitor || !target.isFolder else { throw .folderHasNo("--host-header") }
    }

    /// An origin for one tunnel, to be used on its event loop alone; nil for a folder, for which nobody is dialled.
    func origin(on eventLoop: any EventLoop, memoryBudget: Int, connections: ConnectionBudget) -> (any Origin)? {
        if let desk { return ClosureOrigin(desk, eventLoop: eventLoop) }
        guard !target.isFolder else { return nil }
        let dialer = dialer(on: eventLoop)
        switch target.scheme {
        case .http, .https: return OriginPool(dialer, options: options, budget: connections)
        case .http2: return HTTP2Origin(dialer, options: options, memoryBudget: memoryBudget)
        }
    }

    func dialer(on eventLoop: any EventLoop) -> OriginDialer {
        OriginDialer(target, tls: tls, deadline: options.limits.connectDeadline, on: eventLoop)
    }
}

extension OriginOptions {
    /// What a target is told as the host of every request; nil for what the visitor asked for.
    func host(for target: OriginTarget) -> String? {
        switch hostHeader {
        case .visitor: nil
        case .target: target.hostField
        case .literal(let host): host
        }
    }
}
