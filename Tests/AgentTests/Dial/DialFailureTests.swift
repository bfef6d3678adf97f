import Agent
import Testing

struct DialFailureTests {
    private static let hops: [DialFailure.Hop] = [.edge, .proxy("proxy.example:3128")]

    @Test(arguments: DialFailure.Code.allCases)
    func `says which hop failed and what to do`(code: DialFailure.Code) throws {
        let edge = try #require(EdgeAddress("edge.example"))
        for hop in Self.hops {
            let failure = DialFailure(code, at: hop, towards: edge, detail: "detail")
            let place = hop == .edge ? "the edge at edge.example:8443 " : "the proxy at proxy.example:3128 "
            #expect(failure.sentence.hasPrefix(place))
            #expect(!failure.sentence.hasSuffix("."))
            #expect(failure.nextStep.hasSuffix("."))
        }
    }

    @Test func `no two failures read the same`() throws {
        let edge = try #require(EdgeAddress("edge.example"))
        let sentences = DialFailure.Code.allCases.map { DialFailure($0, at: .edge, towards: edge).sentence }
        #expect(Set(sentences).count == sentences.count)
    }
}
