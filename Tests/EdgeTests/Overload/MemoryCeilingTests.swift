import Testing

@testable import Edge

struct MemoryCeilingTests {
    private var ceiling = MemoryCeiling(limits: .init(soft: 1600, hard: 3200))

    @Test mutating func `follows what is resident`() {
        #expect(ceiling.measured(0) == .normal)
        #expect(ceiling.measured(1599) == .normal)
        #expect(ceiling.measured(1600) == .shedding)
        #expect(ceiling.measured(3199) == .shedding)
        #expect(ceiling.measured(3200) == .closed)
        #expect(ceiling.measured(0) == .normal)
    }

    @Test mutating func `does not swing about its marks`() {
        _ = ceiling.measured(1600)
        #expect(ceiling.measured(1500) == .shedding)
        #expect(ceiling.measured(1499) == .normal)
        #expect(ceiling.measured(1599) == .normal)
        _ = ceiling.measured(3200)
        #expect(ceiling.measured(3000) == .closed)
        #expect(ceiling.measured(2999) == .shedding)
        #expect(ceiling.measured(3199) == .shedding)
    }

    @Test func `without limits nothing is refused`() {
        var ceiling = MemoryCeiling(limits: nil)
        #expect(ceiling.measured(.max) == .normal)
    }

    @Test func `the hard mark is never below the soft one`() {
        #expect(MemoryCeiling.Limits(soft: 10, hard: 5) == .init(soft: 10, hard: 10))
    }

    // MARK: What the operator says

    @Test func `shares of what there is are the default`() {
        #expect(BorderLimits().memoryLimits(available: 1000) == .init(soft: 800, hard: 900))
        #expect(BorderLimits().memoryLimits(available: nil) == nil)
    }

    @Test func `a figure of the operator's stands above a share`() {
        var limits = BorderLimits()
        limits.memorySoftLimit = 400
        #expect(limits.memoryLimits(available: nil) == .init(soft: 400, hard: 450))
        #expect(limits.memoryLimits(available: 1000) == .init(soft: 400, hard: 900))
        limits.memoryHardLimit = 500
        #expect(limits.memoryLimits(available: 1000) == .init(soft: 400, hard: 500))
        limits.memorySoftLimit = nil
        #expect(limits.memoryLimits(available: nil) == .init(soft: 500, hard: 500))
    }
}
