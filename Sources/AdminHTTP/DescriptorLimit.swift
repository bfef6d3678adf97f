#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many descriptors this process may have open.
package enum DescriptorLimit {
    #if canImport(Glibc)
    /// The same number, which the calls take as another type.
    static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    static let resource = RLIMIT_NOFILE
    #endif

    /// Takes as many as the system allows at most.
    ///
    /// What it gives at first, often 1024, is for programs that call select(2), which can watch no more; nothing here does.
    ///
    /// - Returns: How many there may be from now on; nil when the system does not say.
    @discardableResult
    package static func raise() -> UInt64? {
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
        let before = limit.rlim_cur
        #if canImport(Darwin)
        // More is refused there, whatever the limit says (setrlimit(2)).
        limit.rlim_cur = max(before, min(limit.rlim_max, rlim_t(OPEN_MAX)))
        #else
        limit.rlim_cur = limit.rlim_max
        #endif
        guard unsafe setrlimit(resource, &limit) == 0 else { return UInt64(before) }
        return UInt64(limit.rlim_cur)
    }
}
