package import NIOCore

/// How much an edge takes from visitors before it refuses.
package struct BorderLimits: Sendable {
    /// Whether each connection of a visitor begins with a PROXY protocol header; only trusted proxies may connect then.
    package var proxyProtocol = false
    /// From the connection to the end of that header.
    package var proxyProtocolDeadline = TimeAmount.seconds(5)
    /// Connections of one IPv4 address or one IPv6 /64; trusted proxies have no such limit.
    package var connectionsPerAddress = 100
    /// Whether that does not hold for the machine itself, where the TLS proxy in front speaks for everybody.
    package var exemptsLoopback = true
    /// Refusals that are explained at the same time; what comes beyond is closed without a word.
    package var explainedRefusals = 64
    /// Descriptors that visitors cannot take; nil for an eighth of what the process may have.
    package var reservedDescriptors: Int?
    /// How long a visitor may take no byte while bytes wait for it.
    package var readerDeadline = TimeAmount.seconds(60)
    /// The stretch of time in which ``bodyMinimum`` must arrive while a request's body is awaited.
    package var bodyDeadline = TimeAmount.seconds(30)
    /// Bytes of a request's body that count as progress.
    package var bodyMinimum = 240
    /// Resident bytes from which on new requests are refused; nil for 80 % of what there is.
    package var memorySoftLimit: Int?
    /// Resident bytes from which on nobody is let in; nil for 90 % of what there is.
    package var memoryHardLimit: Int?
    package var memoryInterval = TimeAmount.seconds(1)

    package init() {}

    /// The marks of memory, with what the operator leaves open taken from what there is.
    func memoryLimits(available: Int?) -> MemoryCeiling.Limits? {
        let shares = available.map { MemoryCeiling.Limits(of: $0, softPercent: 80, hardPercent: 90) }
        guard let soft = memorySoftLimit ?? shares?.soft ?? memoryHardLimit else { return nil }
        return MemoryCeiling.Limits(soft: soft, hard: memoryHardLimit ?? max(shares?.hard ?? 0, soft / 8 * 9))
    }
}
