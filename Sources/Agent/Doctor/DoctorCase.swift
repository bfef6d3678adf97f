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
    /// What a dial is made with; each further step on the way to an edge may take as long.
    package var dialer: EdgeDialer
    /// How long an origin may take to answer.
    package var patience = TimeAmount.seconds(5)
    package var now: @Sendable () -> Date = { .now }

    package init(
        version: String,
        bundle: Result<OperatorBundle, BundleRefusal>,
        identity: Identity,
        edges: [EdgeTarget],
        dialer: EdgeDialer = EdgeDialer(deadline: AgentConfiguration.dialDeadline)
    ) {
        self.version = version
        self.bundle = bundle
        self.identity = identity
        self.edges = edges
        self.dialer = dialer
    }
}
