import NIOCore

/// The variable-length integers of QUIC (RFC 9000, 16): two bits say whether 1, 2, 4 or 8 bytes hold the value.
enum VariableLengthInteger {
    /// The largest value that fits: 2^62 - 1.
    static let largest: UInt64 = (1 << 62) - 1

    /// Reads one, in any of the forms that hold it; nil, and nothing consumed, when it has not arrived whole.
    static func read(from bytes: inout ByteBuffer) -> UInt64? {
        guard let first: UInt8 = bytes.getInteger(at: bytes.readerIndex) else { return nil }
        let value: UInt64? =
            switch first >> 6 {
            case 0: bytes.readInteger(as: UInt8.self).map { UInt64($0) }
            case 1: bytes.readInteger(as: UInt16.self).map { UInt64($0) }
            case 2: bytes.readInteger(as: UInt32.self).map { UInt64($0) }
            default: bytes.readInteger(as: UInt64.self)
            }
        let length = UInt64(8 << (first >> 6))
        return value.map { $0 & (UInt64.max >> (64 - length + 2)) }
    }

    /// Writes the shortest form; what is larger than ``largest`` is cut to it.
    static func write(_ value: UInt64, to bytes: inout ByteBuffer) {
        switch value {
        case 0..<(1 << 6): bytes.writeInteger(UInt8(value))
        case 0..<(1 << 14): bytes.writeInteger(UInt16(value) | 0x4000)
        case 0..<(1 << 30): bytes.writeInteger(UInt32(value) | 0x8000_0000)
        default: bytes.writeInteger(min(value, largest) | 0xC000_0000_0000_0000)
        }
    }
}
