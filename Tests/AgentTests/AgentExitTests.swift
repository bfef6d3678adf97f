import Agent
import FoundationEssentials
import Testing
import Trust
import TunnelProtocol
import TunnelTLS

struct AgentExitTests {
    private static let certificateRefusals: [PeerRefusal] = [
        .noCertificate, .unreadable, .wrongChainLength, .unknownIssuer, .expired, .notYetValid, .wrongPurpose,
        .wrongName, .constraintViolated, .revoked, .resumed,
    ]

    // MARK: What is baked in or enrolled

    @Test(
        arguments: [
            (.missing, 20), (.expired(Date(timeIntervalSince1970: 0)), 21), (.notYetValid, 21), (.sample, 22),
            (.unreadable("no certificate"), 23),
        ] as [(BundleRefusal, Int32)]
    )
    func `an operator CA that cannot be used`(refusal: BundleRefusal, code: Int32) {
        let exit = AgentExit(refusal)
        #expect(exit.code == code)
        #expect(exit.problem == refusal.problem)
        #expect(exit.nextStep == refusal.nextStep)
    }

    @Test(
        arguments: [
            (.noCertificate, 25), (.unreadable, 25), (.wrongChainLength, 25), (.unknownIssuer, 25), (.expired, 26),
            (.notYetValid, 27), (.wrongPurpose, 28), (.wrongName, 28), (.constraintViolated, 25), (.revoked, 44),
            (.resumed, 25),
        ] as [(PeerRefusal, Int32)]
    )
    func `a device certificate that no edge would take`(refusal: PeerRefusal, code: Int32) {
        #expect(AgentExit(own: refusal).code == code)
    }

    @Test func `a wrong clock is not mended by a new certificate`() {
        #expect(AgentExit(own: .notYetValid).nextStep.contains("clock"))
        #expect(AgentExit(edge: .notYetValid).nextStep.contains("clock"))
        #expect(AgentExit(own: .expired).nextStep.contains("osm-agent enroll"))
    }

    // MARK: An edge that is not to be trusted

    @Test(
        arguments: [
            (.noCertificate, 30), (.unreadable, 30), (.wrongChainLength, 30), (.unknownIssuer, 30), (.resumed, 30),
            (.wrongName, 31), (.expired, 32), (.notYetValid, 33), (.wrongPurpose, 34), (.constraintViolated, 35),
            (.revoked, 36),
        ] as [(PeerRefusal, Int32)]
    )
    func `an edge certificate that is refused`(refusal: PeerRefusal, code: Int32) {
        #expect(AgentExit(edge: refusal).code == code)
        #expect(AgentExit(HandshakeRefusal.peer(refusal)) == AgentExit(edge: refusal))
    }

    @Test func `a stranger's certificate is told by who issued it`() throws {
        let exit = try #require(AgentExit(HandshakeRefusal.peer(.unknownIssuer), issuer: "Corp Proxy CA"))
        #expect(exit.problem.hasSuffix("was not issued by this operator: it was issued by 'Corp Proxy CA'."))
        #expect(AgentExit(edge: .expired, issuer: "Operator CA") == AgentExit(edge: .expired))
    }

    @Test(arguments: [HandshakeRefusal.tlsVersion, .applicationProtocol, .notTLS])
    func `something that is no tunnel port`(refusal: HandshakeRefusal) throws {
        let exit = try #require(AgentExit(refusal))
        #expect(exit.code == 37)
        #expect(exit.problem.contains(refusal.label))
    }

    // MARK: An edge that does not let the device in

    @Test(
        arguments: [
            "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired",
            "certificate_unknown", "unknown_ca", "access_denied", "certificate_required",
        ]
    )
    func `a TLS alert about the certificate`(alert: String) throws {
        let exit = try #require(AgentExit(HandshakeRefusal.alert(alert)))
        #expect(exit.code == 40)
        #expect(exit.problem.contains(alert))
    }

    @Test(arguments: [HandshakeRefusal.alert("internal_error"), .timeout, .closed, .failed("BAD_DECRYPT")])
    func `what may pass by itself is no reason to stop`(refusal: HandshakeRefusal) {
        #expect(AgentExit(refusal) == nil)
    }

    @Test(
        arguments: [
            (.deviceExpired, 26), (.deviceNotYetValid, 27), (.deviceWrongPurpose, 28), (.deviceRevoked, 44),
            (.superseded, 46),
        ] as [(GoAwayNotice.Code, Int32)]
    )
    func `an edge that sends the device away for good`(code: GoAwayNotice.Code, exitCode: Int32) throws {
        #expect(code.isPermanent)
        #expect(try #require(AgentExit(GoAwayNotice(code, message: ""))).code == exitCode)
    }

    @Test func `an agent stops exactly for the notices that stay true`() {
        for code in GoAwayNotice.Code.allCases {
            #expect((AgentExit(GoAwayNotice(code, message: "")) != nil) == code.isPermanent)
        }
    }

    // MARK: A name that cannot be served

    @Test(
        arguments: [
            (.nameTaken, 50), (.nameReserved, 51), (.nameInvalid, 52), (.nameNotAllowed, 53), (.tooManyBindings, 54),
            (.unsupportedKind, 55), (.unsupportedProtocol, 56), (.rateLimited, 57), (.overloaded, 57),
            (.portsExhausted, 57), (.nameLeased, 57), (.portTaken, 58), (.portNotAllowed, 59),
        ] as [(RegistrationRefusal, Int32)]
    )
    func `a registration that is refused`(refusal: RegistrationRefusal, code: Int32) throws {
        let exit = AgentExit(Refused(ref: 0, code: refusal), endpoint: try Self.endpoint("app"))
        #expect(exit.code == code)
        #expect(exit.problem == "The edge refused the name 'app': \(refusal.sentence)")
    }

    private static func endpoint(_ name: String?) throws -> Endpoint {
        try Endpoint(name: name, target: try OriginTarget("3000"))
    }

    @Test func `says what was asked for`() throws {
        let chosen = AgentExit(Refused(ref: 0, code: .nameTaken), endpoint: try Self.endpoint(nil))
        #expect(chosen.problem.hasPrefix("The edge refused to choose a name: "))
        let shell = try Endpoint.tcp(try OriginTarget("22"), port: 20022)
        let port = AgentExit(Refused(ref: 0, code: .portTaken), endpoint: shell)
        #expect(port.problem.hasPrefix("The edge refused TCP port 20022: "))
        let names = try Endpoint.udp(try OriginTarget("53"), port: nil)
        let any = AgentExit(Refused(ref: 0, code: .unsupportedKind), endpoint: names)
        #expect(any.problem.hasPrefix("The edge refused to choose a UDP port: "))
        #expect(any.nextStep.contains("--raw-ports"))
        let session = AgentExit(Refused(ref: nil, code: .unsupportedProtocol), endpoint: nil)
        #expect(session.problem.hasPrefix("The edge refused this agent: "))
    }

    @Test(arguments: [RegistrationRefusal.tooManyBindings, .unsupportedKind, .unsupportedProtocol, .rateLimited])
    func `another name is no way out of what is not about the name`(refusal: RegistrationRefusal) throws {
        let exit = AgentExit(Refused(ref: 0, code: refusal), endpoint: try Self.endpoint("app"))
        #expect(!exit.nextStep.contains("--name"))
    }

    // MARK: All of them

    @Test func `every exit has a sentence, a next step and a code of its group`() {
        let groups: [(codes: ClosedRange<Int32>, exits: [AgentExit])] = [
            (20...29, [.missing, .notYetValid, .sample, .unreadable("x")].map { AgentExit($0 as BundleRefusal) }),
            (20...49, Self.certificateRefusals.map { AgentExit(own: $0) }),
            (30...39, Self.certificateRefusals.map { AgentExit(edge: $0) }),
            (50...59, RegistrationRefusal.allCases.map { AgentExit(Refused(ref: 0, code: $0), endpoint: nil) }),
        ]
        for (codes, exits) in groups {
            for exit in exits {
                #expect(codes.contains(exit.code))
                #expect(exit.problem.hasSuffix("."))
                #expect(!exit.nextStep.isEmpty)
                #expect(exit.description == "\(exit.problem) \(exit.nextStep)")
            }
        }
    }

    @Test func `no refusal that stays is told by the code of another kind`() {
        let edge = Set(Self.certificateRefusals.map { AgentExit(edge: $0).code })
        let own = Set(Self.certificateRefusals.map { AgentExit(own: $0).code })
        let permanent = RegistrationRefusal.allCases.filter(\.isPermanent)
        let names = Set(permanent.map { AgentExit(Refused(ref: 0, code: $0), endpoint: nil).code })
        #expect(names.count == permanent.count)
        #expect(edge.isDisjoint(with: own))
        #expect(names.isDisjoint(with: edge.union(own)))
    }
}
