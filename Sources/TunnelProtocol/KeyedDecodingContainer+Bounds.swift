extension KeyedDecodingContainer {
    /// An integer that lies within `bounds`.
    func decode(in bounds: ClosedRange<Int>, forKey key: Key) throws -> Int {
        let value = try decode(Int.self, forKey: key)
        guard bounds.contains(value) else { throw outOfBounds(key) }
        return value
    }

    /// An integer that lies within `bounds`; nil when the member is absent or null.
    func decodeIfPresent(in bounds: ClosedRange<Int>, forKey key: Key) throws -> Int? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decode(in: bounds, forKey: key)
    }

    /// An integer that every JSON reader holds exactly.
    func decodeCounter(forKey key: Key) throws -> UInt64 {
        let value = try decode(UInt64.self, forKey: key)
        guard value <= TunnelConstants.largestInteger else { throw outOfBounds(key) }
        return value
    }

    /// The random name of a process: 16 lower-case hexadecimal digits.
    func decodeInstance(forKey key: Key) throws -> String {
        let value = try decode(String.self, forKey: key)
        let isHex = value.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard value.utf8.count == 16, isHex else { throw outOfBounds(key) }
        return value
    }

    /// The UUID of a device, lower case, as a device's certificate has it.
    func decodeDevice(forKey key: Key) throws -> String {
        let value = try decode(String.self, forKey: key)
        let groups = value.split(separator: "-", omittingEmptySubsequences: false)
        let isHex = value.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isHex, groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { throw outOfBounds(key) }
        return value
    }

    /// Printable ASCII of 1 to `length` bytes, safe to log and to show as it is.
    func decodePrintable(atMost length: Int, forKey key: Key) throws -> String {
        let value = try decode(String.self, forKey: key)
        let isPrintable = value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard (1...length).contains(value.utf8.count), isPrintable else { throw outOfBounds(key) }
        return value
    }

    /// What stands there is not shown: it may be a secret, and comes from outside.
    func outOfBounds(_ key: Key) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: "out of bounds")
    }
}
