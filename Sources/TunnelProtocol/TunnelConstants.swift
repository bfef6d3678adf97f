/// The numbers of the wire, as `docs/yellow-paper.md` lists them.
package enum TunnelConstants {
    /// The version that `hello` and `welcome` carry.
    package static let protocolVersion = 1
    /// The `:protocol` of the control stream (RFC 8441).
    package static let controlProtocol = "osm-control"
    /// The `:path` of the control stream.
    package static let controlPath = "/v1"
    /// The longest line of the control stream, its newline included, in bytes.
    package static let controlLineBytes = 16_384
    /// From the start of the control stream to the agent's hello.
    package static let helloDeadline = Duration.seconds(10)
    /// A PING and a heartbeat leave this often.
    package static let heartbeatInterval = Duration.seconds(10)
    /// A peer from which no byte came for this long is dead.
    package static let deadAfter = Duration.seconds(15)
    /// How long a name stays with a device that is away.
    package static let leaseTime = Duration.seconds(300)
    /// How long streams may go on after `drain`.
    package static let drainTime = Duration.seconds(30)
    /// The TLS handshake must be over by then.
    package static let handshakeDeadline = Duration.seconds(10)
    /// The first pause before dialling again, at most.
    package static let backoffBase = Duration.milliseconds(500)
    /// The longest pause before dialling again.
    package static let backoffCap = Duration.seconds(60)
    /// A tunnel that held for this long resets the pauses.
    package static let healthyAfter = Duration.seconds(60)
    /// Host names that one device may have registered.
    package static let bindingsPerDevice = 64
    /// Processes of one device whose order an edge remembers.
    package static let instancesRemembered = 8
    /// TCP and UDP ports together that one device may have registered.
    package static let portsPerDevice = 16
    /// From the opening of a TCP stream to the agent's answer.
    package static let connectDeadline = Duration.seconds(15)
    /// A flow is over when its visitor has sent no datagram for so long.
    package static let flowIdleTime = Duration.seconds(60)
    /// The longest payload of a UDP datagram (RFC 9298, 5).
    package static let datagramBytes = 65_527

    // MARK: Certificates

    /// From a `renew` to its answer.
    package static let renewalDeadline = Duration.seconds(30)
    /// The first pause before a certificate is asked for again, at most.
    package static let renewalPauseBase = Duration.seconds(60)
    /// The longest pause before a certificate is asked for again.
    package static let renewalPauseCap = Duration.seconds(3600)
    /// Certificates of a chain that is handed out, at most.
    package static let chainCertificates = 3
    /// The longest chain that is handed out, the DER of all its certificates together, in bytes.
    package static let chainBytes = 12_288
    /// The longest certificate request, DER, in bytes.
    package static let requestBytes = 4096
    /// Where an edge enrols devices, unless something else is said.
    package static let enrolmentPort = 8444
    /// The only path there.
    package static let enrolmentPath = "/v1/enroll"
    /// The longest body of an enrolment and of its answer, in bytes.
    package static let enrolmentBodyBytes = 16_384
    /// From the connection to the end of the exchange.
    package static let enrolmentDeadline = Duration.seconds(15)
    /// Enrolments that an edge takes from one address in a minute.
    package static let enrolmentAttempts = 10

    // MARK: Bounds of what a message may hold

    /// Messages that an edge takes from one agent in ``messageWindow``.
    package static let messagesPerWindow = 300
    /// The time in which ``messagesPerWindow`` is counted.
    package static let messageWindow = Duration.seconds(10)
    /// Tunnels of one process at one edge; slots are numbered below this.
    package static let slots = 64
    /// The longest name and version of a peer's software, in bytes.
    package static let softwareBytes = 128
    /// The longest sentence that goes with a refusal, in bytes.
    package static let sentenceBytes = 512
    /// The longest debug data of a GOAWAY that is read as a notice, in bytes.
    package static let debugDataBytes = 1024
    /// The longest pause before dialling again that an edge may ask for.
    package static let longestRetryAfter = Duration.seconds(3600)
    /// The largest integer that every JSON reader holds exactly: 2^53 - 1.
    package static let largestInteger: UInt64 = 9_007_199_254_740_991
    /// The largest `ref` of a registration: 2^31 - 1.
    package static let largestReference = 2_147_483_647
    /// What a member that names a port may hold.
    package static let ports = 1...65_535
    /// What any member that counts seconds may hold: no more than a day.
    package static let seconds = 0...86_400
}
