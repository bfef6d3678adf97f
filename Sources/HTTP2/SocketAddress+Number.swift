package import NIOCore

extension SocketAddress {
    /// The IPv4 address as a number, without the detour by its text; nil for all other addresses.
    package var v4Number: UInt32? {
        guard case .v4 = self else { return nil }
        return unsafe withSockAddr { address, size in
            // A family and a port of two bytes each come first.
            unsafe UInt32(bigEndian: UnsafeRawPointer(address).loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        }
    }
}
