import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The C library's `getaddrinfo`, which obeys RFC 6724 in the order of what it returns.
enum SystemResolver {
    /// Blocks until the system has an answer.
    ///
    /// - Throws: ``LookupFailure``.
    static func addresses(of host: String, port: Int, family: NameLookup.Family) throws -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family =
            switch family {
            case .v4: AF_INET
            case .v6: AF_INET6
            }
        #if canImport(Darwin)
        unsafe hints.ai_socktype = SOCK_STREAM
        #else
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard code == 0 else { throw failure(code) }
        defer { unsafe freeaddrinfo(found) }
        var addresses: [SocketAddress] = []
        var next = unsafe found
        while let entry = unsafe next {
            if let address = unsafe address(of: entry.pointee, host: host) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(of entry: addrinfo, host: String) -> SocketAddress? {
        guard let bytes = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        return switch unsafe entry.ai_family {
        case AF_INET: unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self), host: host)
        case AF_INET6: unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self), host: host)
        default: nil
        }
    }

    private static func failure(_ code: Int32) -> LookupFailure {
        #if canImport(Darwin)
        let absent = [EAI_NONAME, EAI_NODATA]
        #else
        // Those without the name in the standard are glibc's: no address of that family.
        let absent = [EAI_NONAME, noData, noAddressOfFamily]
        #endif
        return absent.contains(code) ? .notFound : .failed(unsafe String(cString: gai_strerror(code)))
    }

    #if !canImport(Darwin)
    private static let noData: Int32 = -5
    private static let noAddressOfFamily: Int32 = -9
    #endif
}
