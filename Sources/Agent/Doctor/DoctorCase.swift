package import FoundationEssentials
package import NIOCore
package import Trust

/// What the doctor is shown.
package struct DoctorCase: Sendable {
    /// The device's key and certificate as they lie in their folder.
    package enum Identity: Sendable {
        /// They fit together; the second value is the mode of the key's file.
        case present(DeviceCredentials, keyMode: Int?)
        case absent(AgentExit)
    }

    package var version: String
    package var bundle: Result<OperatorBundle, BundleRefusal>
    package var identity: Identity
    package var edges: [EdgeTarget]
    package var endpoints: [Endpoint] = []
    /// What the running agent says of itself; nil when none runs.
    package var status: AgentStatus?
    package var proxy: ProxyChoice
    package var ipVersion: IPVersion
    package var lookup = NameLookup.system
    /// How long each step of the way to an edge may take.
    package var deadline = TimeAmount.seconds(10)
    /// How long an origin may take to answer.
    package var patience = TimeAmount.seconds(5)
    package var now: @Sendable () -> Date = { .now }

    package init(
        version: String,
        bundle: Result<OperatorBundle, BundleRefusal>,
        identity: Identity,
        edges: [EdgeTarget],
        proxy: ProxyChoice = .direct,
        ipVersion: IPVersion = .any
    ) {
        self.version = version
        self.bundle = bundle
        self.identity = identity
        self.edges = edges
        self.proxy = proxy
        self.ipVersion = ipVersion
    }
}
