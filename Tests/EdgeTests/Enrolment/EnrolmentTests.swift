import AdminHTTP
import Agent
import Foundation
import NIOCore
import TestSupport
import Testing
import Trust
import TunnelProtocol

@testable import Edge

/// An edge and agents that enrol at it, in one process.
@Suite(.serialized)
struct EnrolmentTests {
    @Test(.timeLimit(.minutes(5)))
    func `an invitation becomes a device that the edge lets in`() async throws {
        try await EnrolmentHarness.run { harness in
            let key = try EnrolmentHarness.newKey()
            let enrolled = try await harness.enrol(try harness.issuer.invite(), keyPEM: key)
            #expect(enrolled.name == "laptop")
            #expect(enrolled.credentials.keyPEM == key)
            #expect(harness.count("enrolled") == "1")
            let agent = try EngineHarness.agent(
                at: harness.edge,
                serverName: harness.ca.domain,
                trusting: harness.ca.bundlePath,
                credentials: enrolled.credentials
            )
            try await RunningAgent.run(agent) { state in
                try await state.reaches { $0.phase == .connected }
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an answer that was lost is given again to the same key, and to no other`() async throws {
        try await EnrolmentHarness.run { harness in
            let token = try harness.issuer.invite()
            let key = try EnrolmentHarness.newKey()
            let first = try await harness.enrol(token, keyPEM: key)
            let again = try await harness.enrol(token, keyPEM: key)
            #expect(first.credentials.identity.id == again.credentials.identity.id)
            let thief = try await harness.refusal(token, keyPEM: try EnrolmentHarness.newKey())
            #expect(thief?.code == 42)
            #expect(harness.count("invitation_used") == "1")
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("invitation_unknown", 403, 41), ("invitation_used", 403, 42), ("invitation_expired", 403, 43),
            ("request_refused", 400, 45), ("too_many", 429, 47), ("unavailable", 503, 48), ("of_tomorrow", 500, 48),
        ] as [(String, Int, Int32)]
    )
    func `what the issuer says reaches the person who asked`(code: String, status: Int, exit: Int32) async throws {
        try await EnrolmentHarness.run(.refusing(status: status, code: code, retryAfter: "7")) { harness in
            let token = try harness.issuer.invite()
            let refusal = try await harness.refusal(token, keyPEM: try EnrolmentHarness.newKey())
            #expect(refusal?.code == exit)
            #expect(refusal?.description.contains(token.text) == false)
            if exit > 45 { #expect(refusal?.nextStep.contains("7 s") == true) }
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [.slow, .cut, .nonsense("{}"), .nonsense(String(repeating: "x", count: 100_000))]
            as [StandInIssuer.Habit]
    )
    func `an issuer that gives no proper answer is one that is not there`(habit: StandInIssuer.Habit) async throws {
        try await EnrolmentHarness.run(habit) {
            $0.issuerDeadline = .milliseconds(500)
        } _: { harness in
            let refusal = try await harness.refusal(harness.issuer.invite(), keyPEM: try EnrolmentHarness.newKey())
            #expect(refusal?.code == 48)
            #expect(harness.count("unavailable") == "1")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an issuer that does not listen is one that is not there`() async throws {
        try await EnrolmentHarness.run(listens: false) { harness in
            let refusal = try await harness.refusal(harness.issuer.invite(), keyPEM: try EnrolmentHarness.newKey())
            #expect(refusal?.code == 48)
        }
    }

    // MARK: Whom an agent trusts

    @Test(.timeLimit(.minutes(5)))
    func `an agent of another operator refuses the edge before it says anything`() async throws {
        let other = try ThrowawayCA()
        try await EnrolmentHarness.run { harness in
            let target = EdgeTarget(address: try harness.address, serverName: harness.ca.domain)
            let client = try harness.client(trusting: other)
            let token = try harness.issuer.invite()
            let exit = await #expect(throws: AgentExit.self) {
                try await client.enrol(token, keyPEM: try EnrolmentHarness.newKey(), name: "laptop", at: target)
            }
            #expect(exit?.code == 30)
            #expect(harness.issuer.asked.isEmpty)
            #expect(harness.count("enrolled") == "0")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses an edge with another name, and a tunnel port`() async throws {
        try await EnrolmentHarness.run { harness in
            let token = try harness.issuer.invite()
            let key = try EnrolmentHarness.newKey()
            let misnamed = await #expect(throws: AgentExit.self) {
                try await harness.enrol(token, keyPEM: key, name: "other.example.com")
            }
            #expect(misnamed?.code == 31)
            let tunnels = try #require(EdgeAddress(harness.edge.addresses.tunnel))
            let target = EdgeTarget(address: tunnels, serverName: harness.ca.domain)
            let misplaced = await #expect(throws: AgentExit.self) {
                try await harness.client().enrol(token, keyPEM: key, name: "laptop", at: target)
            }
            #expect(misplaced?.code == 37)
            #expect(harness.issuer.asked.isEmpty)
        }
    }

    // MARK: Limits

    @Test(.timeLimit(.minutes(5)), arguments: ["", "null", "[]", #"{"token":"osmi_","csr":"AQ=="}"#, #"{"csr":1}"#])
    func `a body of another form is refused and never reaches the issuer`(body: String) async throws {
        try await EnrolmentHarness.run { harness in
            let answer = try await harness.post(body)
            #expect(answer.status == 400)
            #expect(answer.contentType == "application/problem+json")
            #expect(IssuanceJSON.refusal(status: 400, body: answer.body.readableBytesView) == .requestRefused)
            #expect(harness.issuer.asked.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a body that is too long is refused`() async throws {
        try await EnrolmentHarness.run { harness in
            let long = String(repeating: " ", count: TunnelConstants.enrolmentBodyBytes + 1)
            let answer = try await harness.post(long)
            #expect(answer.status == 413)
            let fits = try await harness.post(String(long.dropFirst()))
            #expect(fits.status == 400)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `there is nothing else to ask for`() async throws {
        try await EnrolmentHarness.run { harness in
            for path in ["/", "/v1/renew", "/metrics", "/v1/enroll/"] {
                let answer = try await harness.post("{}", to: path)
                #expect(answer.status == 404, "\(path)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `whoever takes too long is cut off, handshake or body`() async throws {
        try await EnrolmentHarness.run {
            $0.deadline = .seconds(1)
        } _: { harness in
            let silent = try await harness.connect()
            let slow = try await harness.connect()
            let head = "POST /v1/enroll HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"
            slow.writeAndFlush(ByteBuffer(string: head), promise: nil)
            try await silent.closeFuture.get()
            try await slow.closeFuture.get()
            #expect(harness.issuer.asked.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the last place is the last place, in all and for one address`() async throws {
        let narrow: [(inout EnrolmentConfiguration) -> Void] = [
            { $0.connections = 2 }, { $0.connectionsPerAddress = 2 },
        ]
        for configure in narrow {
            try await EnrolmentHarness.run(configured: configure) { harness in
                let inside = [try await harness.connect(), try await harness.connect()]
                try await harness.connect().closeFuture.get()
                for channel in inside { #expect(channel.isActive) }
                for channel in inside { try await channel.close() }
                let answer = try await harness.patientPost("{}")
                #expect(answer.status == 400)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an address that tries too often is told to wait`() async throws {
        try await EnrolmentHarness.run { harness in
            for _ in 0..<TunnelConstants.enrolmentAttempts {
                let answer = try await harness.post("{}")
                #expect(answer.status == 400)
            }
            let answer = try await harness.post("{}")
            #expect(answer.status == 429)
            let wait = try #require(answer.field("retry-after").flatMap { Int($0) })
            #expect((1...60).contains(wait))
            let exit = try await harness.refusal(harness.issuer.invite(), keyPEM: try EnrolmentHarness.newKey())
            #expect(exit?.code == 47)
            #expect(harness.issuer.asked.isEmpty)
            #expect(harness.count("too_many") == "2")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the listener shows the edge's new certificate once it has one`() async throws {
        let ca = try ThrowawayCA()
        let issuer = try StandInIssuer(ca)
        let files = try ReplaceableFiles(in: ca.scratchPath, first: ca.edge())
        let name = "other.\(ca.domain)"
        let next = try ca.issueEdge(name)
        let configured: (inout EdgeConfiguration) -> Void = { configuration in
            configuration.enrolment.address = ListenAddress(host: "127.0.0.1", port: 0)
            configuration.issuer = issuer.address
            configuration.identityCheckInterval = .hours(1)
        }
        let (certificate, key) = (files.certificate, files.key)
        try await EngineHarness.withEdge(of: ca, certificate: certificate, key: key, configured: configured) { edge in
            let harness = EnrolmentHarness(ca: ca, issuer: issuer, edge: edge)
            try files.put(next)
            edge.reload()
            try await eventually {
                edge.figure("osm_edge_cert_expiry_timestamp_seconds") != nil
            }
            try await RunningAgent.until("the new name is shown") {
                do {
                    _ = try await harness.enrol(
                        issuer.invite(),
                        keyPEM: EnrolmentHarness.newKey(),
                        name: name
                    )
                    return true
                } catch let exit as AgentExit {
                    // No issuer listens: that it was asked shows that the certificate was the right one.
                    return exit.code == 48
                }
            }
        }
    }
}
