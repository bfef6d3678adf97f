import Testing

@testable import Edge

struct EdgeFailureTests {
    @Test(
        arguments: [
            (.unknownHost, 404), (.starting, 503), (.agentOffline, 503), (.tunnelLost, 502), (.streamRefused, 502),
            (.badResponse, 502),
            (.unsupported, 501), (.originRefused, 502), (.originTimeout, 504), (.originBroke, 502), (.overloaded, 503),
            (.tooManyConnections, 429), (.bodyTimeout, 408),
        ] as [(EdgeFailure, Int)]
    )
    func `has the status that says who is to blame`(failure: EdgeFailure, status: Int) {
        #expect(failure.status == status)
    }

    @Test func `only what passes by itself is worth another try`() {
        let worthIt = EdgeFailure.allCases.filter { $0.retryAfter != nil }
        #expect(worthIt == [.starting, .agentOffline, .overloaded, .tooManyConnections])
        #expect(worthIt.allSatisfy { $0.status == 503 || $0.status == 429 })
    }

    @Test func `no two failures read the same`() {
        #expect(Set(EdgeFailure.allCases.map(\.sentence)).count == EdgeFailure.allCases.count)
    }

    @Test func `a failure behind the edge names the proxy's error`() {
        #expect(EdgeFailure.allCases.filter { $0.hop > .edge }.allSatisfy { $0.proxyStatus != nil })
    }

    @Test func `every gateway error is the fault of a hop behind the edge`() {
        #expect(EdgeFailure.allCases.filter { [502, 504].contains($0.status) }.allSatisfy { $0.hop > .edge })
    }
}
