import Testing

@testable import Edge

struct DescriptorBudgetTests {
    @Test(
        arguments: [
            (nil, nil, 10_000, 10_000), (1_000_000, nil, 10_000, 10_000), (1024, nil, 10_000, 896),
            (256, nil, 10_000, 192), (40, nil, 10_000, 20), (1024, 24, 10_000, 1000), (1024, 2000, 10_000, 512),
            (1024, nil, 5, 5),
        ] as [(Int?, Int?, Int, Int)]
    )
    func `visitors get what is not reserved`(limit: Int?, reserved: Int?, wanted: Int, visitors: Int) {
        #expect(DescriptorBudget(limit: limit, reserved: reserved, wanted: wanted).visitors == visitors)
    }

    @Test(arguments: [(nil, 64), (1_000_000, 64), (1024, 32), (40, 5)] as [(Int?, Int)])
    func `those who are refused take little of the reserve`(limit: Int?, refusals: Int) {
        #expect(DescriptorBudget(limit: limit, wanted: 10_000, refusals: 64).refusals == refusals)
    }
}
