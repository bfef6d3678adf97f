import Edge
import Settings

// Bounds, deadlines and what is written down.
extension ProxySettings {
    static var limits: [Row] {
        [
            Row(
                "limits.request_line",
                .bytes(256...65_536),
                \.requestLine,
                change: .live,
                "The longest request line of a visitor; a longer one is answered with 414."
            ),
            Row(
                "limits.header_section",
                .bytes(1024...1_048_576),
                \.headerSection,
                change: .live,
                "The largest header section of a visitor; a larger one is answered with 431."
            ),
            Row(
                "limits.fields",
                .count(8...1000),
                \.fields,
                change: .live,
                "How many fields it may have; more are answered with 431."
            ),
            Row(
                "limits.memory_soft",
                .bytes(1_048_576...1 << 46),
                orElse: "auto",
                \.border.memorySoftLimit,
                change: .live,
                "Resident memory from which on new requests are answered with 503; auto is 80 % of what there is."
            ),
            Row(
                "limits.memory_hard",
                .bytes(1_048_576...1 << 46),
                orElse: "auto",
                \.border.memoryHardLimit,
                change: .live,
                "Resident memory from which on no visitor is let in; auto is 90 % of what there is."
            ),
            Row(
                "limits.stream_memory",
                .bytes(1_048_576...1 << 46),
                \.memoryBudget,
                change: .restart,
                "What all tunnels may hold for visitors that are behind."
            ),
        ]
    }

    static var deadlines: [Row] {
        [
            Row(
                "deadlines.head",
                .deadline,
                \.headDeadline,
                change: .live,
                "From a visitor's connection, or the first byte, to the end of a request's head."
            ),
            Row(
                "deadlines.keep_alive",
                .deadline,
                \.keepAliveDeadline,
                change: .live,
                "Between two requests on one connection."
            ),
            Row(
                "deadlines.body",
                .deadline,
                \.border.bodyDeadline,
                change: .live,
                "The stretch of time in which a request's body must go on."
            ),
            Row(
                "deadlines.reader",
                .deadline,
                \.border.readerDeadline,
                change: .live,
                "How long a visitor may take no byte while bytes wait for it."
            ),
            Row(
                "deadlines.proxy_protocol",
                .deadline,
                \.border.proxyProtocolDeadline,
                change: .live,
                "From a connection to the end of its PROXY protocol header."
            ),
            Row(
                "deadlines.handshake",
                .deadline,
                \.handshakeDeadline,
                change: .live,
                "From an agent's connection to the end of its handshakes."
            ),
            Row(
                "deadlines.drain",
                .time(0...3_600_000),
                \.drainDeadline,
                change: .restart,
                "How long requests under way may finish after SIGTERM."
            ),
            Row(
                "deadlines.lease",
                .time(1_000...3_600_000),
                \.leaseTime,
                change: .restart,
                "How long a name or port waits for its device when the device's last tunnel has ended."
            ),
            Row(
                "deadlines.return",
                .time(0...3_600_000),
                \.returnDeadline,
                change: .restart,
                "How long after the start a name that a device may register is 503 and not 404: its agent may be coming back."
            ),
        ]
    }

    static var tunnels: [Row] {
        [
            Row(
                "tunnel.handshakes",
                .count(1...1_000_000),
                \.handshakes,
                change: .live,
                "Handshakes of agents that may be under way at once."
            ),
            Row(
                "tunnel.handshakes_per_address",
                .count(1...1_000_000),
                \.handshakesPerAddress,
                change: .live,
                "The same for one IPv4 address or IPv6 /64."
            ),
            Row(
                "tunnel.arrivals_per_second",
                .count(1...100_000),
                \.tunnelsPerSecond,
                change: .restart,
                "Tunnels that may come up a second; more are told when to come back."
            ),
            Row(
                "tunnel.arrival_burst",
                .count(1...1_000_000),
                \.tunnelBurst,
                change: .restart,
                "The same at once, after a quiet time."
            ),
        ]
    }

    static var logs: [Row] {
        [
            Row(
                "log.level",
                .level,
                \.logLevel,
                change: .live,
                "trace, debug, info, notice, warning, error or critical."
            ),
            Row(
                "log.format",
                .format,
                \.logFormat,
                change: .restart,
                "How the log on standard error is written; auto is text on a terminal, else JSON."
            ),
            Row(
                "access_log.to",
                .logDestination,
                \.accessLog.destination,
                change: .restart,
                "Where finished requests are written down, one line of JSON each; SIGHUP opens a file again."
            ),
            Row(
                "access_log.show_queries",
                .truth,
                \.accessLog.showsQueries,
                change: .live,
                "Write the values in queries as they came, rather than hide them."
            ),
            Row(
                "access_log.sample",
                .count(1...1_000_000),
                \.accessLog.sampling,
                change: .live,
                "Of so many requests one is written down."
            ),
            Row(
                "access_log.backlog",
                .bytes(65_536...1 << 30),
                \.accessLog.backlog,
                change: .live,
                "What may wait to be written; what comes beyond is dropped and counted."
            ),
        ]
    }
}
