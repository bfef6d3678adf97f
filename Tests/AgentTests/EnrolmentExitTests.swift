import NIOCore
import Testing
import Trust
import TunnelProtocol
import TunnelTLS

@testable import Agent

struct EnrolmentExitTests {
    @Test(
        arguments: [
            (.invitationUnknown, 41), (.invitationUsed, 42), (.invitationExpired, 43), (.deviceRevoked, 44),
            (.requestRefused, 45), (.deviceUnknown, 45), (.keyChanged, 45), (.tooMany, 47), (.unavailable, 48),
        ] as [(IssuanceRefusal, Int32)]
    )
    func `each refusal of an invitation has an exit code and a next step`(refusal: IssuanceRefusal, code: Int32) {
        let exit = AgentExit(enrolment: refusal)
        #expect(exit.code == code)
        #expect(exit.nextStep.hasSuffix("."))
    }

    @Test(arguments: [(0, " It may work in 0 s."), (60, " It may work in 60 s."), (86_401, nil), (-1, nil)])
    func `a time to wait is told when it is one`(seconds: Int, words: String?) {
        let exit = AgentExit(enrolment: .tooMany, retryAfter: seconds)
        if let words { #expect(exit.nextStep.hasSuffix(words)) } else { #expect(!exit.nextStep.contains(" s.")) }
    }

    @Test(arguments: [HandshakeRefusal.tlsVersion, .applicationProtocol, .notTLS])
    func `another service at that port is told apart from an edge that fails`(refusal: HandshakeRefusal) throws {
        let edge = try #require(EdgeAddress("edge.example.com:8443"))
        let exit = AgentExit(enrolment: refusal, at: edge, issuer: nil)
        #expect(exit.code == 37)
        #expect(exit.nextStep.contains("8444"))
        #expect(AgentExit(enrolment: .closed, at: edge, issuer: nil).code == 1)
        #expect(AgentExit(enrolment: .peer(.unknownIssuer), at: edge, issuer: "Middlebox").code == 30)
    }
}
