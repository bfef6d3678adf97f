import Testing

@testable import Edge

struct EdgeFailureTests {
    @Test(
        arguments: [
            (EdgeFailure.unknownHost, 404), (.agentOffline, 503), (.tunnelLost, 502), (.streamRefused, 502),
            (.badResponse, 502), (.unsupported, 501),
        ]
    )
    func `has the status that says who is to blame`(failure: EdgeFailure, status: Int) {
        #expect(failure.status == status)
    }

    @Test func `only what passes by itself is worth another try`() {
        #expect(EdgeFailure.agentOffline.retryAfter == 5)
        let others: [EdgeFailure] = [.unknownHost, .tunnelLost, .streamRefused, .badResponse, .unsupported]
        #expect(others.allSatisfy { $0.retryAfter == nil })
    }

    @Test func `no two failures read the same`() {
        let all: [EdgeFailure] = [
            .unknownHost, .agentOffline, .tunnelLost, .streamRefused, .badResponse, .unsupported,
        ]
        #expect(Set(all.map(\.sentence)).count == all.count)
        #expect(Set(all.map(\.proxyStatus)).count == all.count)
    }
}
