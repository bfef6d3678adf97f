import Testing

@testable import AdminHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

struct DescriptorLimitTests {
    private static func read(_ limit: inout rlimit) -> Bool {
        unsafe getrlimit(DescriptorLimit.resource, &limit) == 0
    }

    private static func write(_ limit: inout rlimit) -> Bool {
        unsafe setrlimit(DescriptorLimit.resource, &limit) == 0
    }

    @Test func `the process may have as many descriptors as the system allows`() {
        var limit = rlimit()
        let wasRead = Self.read(&limit)
        // By one only: the other tests have this process's descriptors.
        limit.rlim_cur -= 1
        let wasLowered = Self.write(&limit)
        let raised = DescriptorLimit.raise()
        let wasReadAgain = Self.read(&limit)
        #expect(wasRead && wasLowered && wasReadAgain)
        #expect(raised == UInt64(limit.rlim_cur))
        #if !canImport(Darwin)
        #expect(limit.rlim_cur == limit.rlim_max)
        #endif
    }
}
