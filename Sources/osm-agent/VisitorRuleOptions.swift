import Agent
import ArgumentParser

/// Where visitors may come from: for every kind of endpoint.
struct AccessOptions: ParsableArguments {
    @Option(
        name: .customLong("allow-cidr"),
        help: ArgumentHelp(
            "Let visitors in from this address or block alone; may be given several times.",
            valueName: "cidr"
        )
    )
    var allowed: [String] = []

    @Option(
        name: .customLong("deny-cidr"),
        help: ArgumentHelp(
            "Keep visitors from this address or block out, allowed or not; may be given several times.",
            valueName: "cidr"
        )
    )
    var denied: [String] = []

    /// Writes the options into the description of an endpoint, which checks them.
    func describe(_ spec: inout EndpointSpec) {
        spec.allowCIDR = allowed
        spec.denyCIDR = denied
    }
}

/// Who may come to an HTTP endpoint, and what is changed of what they ask and hear.
struct VisitorRuleOptions: ParsableArguments {
    @OptionGroup var access: AccessOptions

    @Option(
        help: ArgumentHelp(
            "Ask visitors for a name and a password of this file, made with: osm-agent password hash.",
            valueName: "file"
        )
    )
    var basicAuthFile: String?

    @Option(
        name: .customLong("request-header-add"),
        help: ArgumentHelp(
            "Set a header of each request, in place of what the visitor sent.",
            valueName: "name: value"
        )
    )
    var requestAdditions: [HeaderLine] = []

    @Option(
        name: .customLong("request-header-remove"),
        help: ArgumentHelp("Remove a header of each request.", valueName: "name")
    )
    var requestRemovals: [String] = []

    @Option(
        name: .customLong("response-header-add"),
        help: ArgumentHelp(
            "Set a header of each response, in place of what the service sent.",
            valueName: "name: value"
        )
    )
    var responseAdditions: [HeaderLine] = []

    @Option(
        name: .customLong("response-header-remove"),
        help: ArgumentHelp("Remove a header of each response.", valueName: "name")
    )
    var responseRemovals: [String] = []

    /// Writes the options into the description of an endpoint, which checks them.
    func describe(_ spec: inout EndpointSpec) {
        access.describe(&spec)
        spec.basicAuthFile = basicAuthFile.map(FilePaths.here.resolved)
        spec.requestHeaders = .init(add: requestAdditions.map(\.field), remove: requestRemovals)
        spec.responseHeaders = .init(add: responseAdditions.map(\.field), remove: responseRemovals)
    }
}

/// A header as people write it: `Name: value`.
struct HeaderLine: ExpressibleByArgument, Equatable {
    let field: EndpointSpec.HeaderSpec.Field

    init?(argument: String) {
        guard let colon = argument.utf8.firstIndex(of: UInt8(ascii: ":")), colon != argument.startIndex else {
            return nil
        }
        let value = argument[argument.utf8.index(after: colon)...]
        field = .init(name: String(argument[..<colon]), value: String(value))
    }
}
