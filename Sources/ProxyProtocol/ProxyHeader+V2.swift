import NIOCore

/// Version 2: a signature, sixteen bytes in all before two addresses, then extensions (type, length, value).
extension ProxyHeader {
    /// The longest header that is read: what is certain to arrive whole, by the specification's own reckoning.
    package static let longestV2 = 536

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let prefixLength = 16
    private static let checksumType: UInt8 = 0x03

    /// What the byte behind the command says: address family and transport.
    private enum Family: UInt8 {
        case unspecified = 0x00
        case tcp4 = 0x11
        case udp4 = 0x12
        case tcp6 = 0x21
        case udp6 = 0x22

        var addressLength: Int {
            switch self {
            case .unspecified: 0
            case .tcp4, .udp4: 4
            case .tcp6, .udp6: 16
            }
        }

        var transport: ProxiedConnection.Transport {
            switch self {
            case .udp4, .udp6: .datagram
            case .unspecified, .tcp4, .tcp6: .stream
            }
        }
    }

    static func readV2(_ bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        switch begins(bytes.readableBytesView, with: signature) {
        case nil: return nil
        case false: throw .notAHeader
        case true: break
        }
        let start = bytes.readerIndex
        guard let command: UInt8 = bytes.getInteger(at: start + 12),
            let family: UInt8 = bytes.getInteger(at: start + 13),
            let length: UInt16 = bytes.getInteger(at: start + 14)
        else { return nil }
        guard command == 0x20 || command == 0x21 else { throw .unknownCommand }
        let total = prefixLength + Int(length)
        guard total <= longestV2 else { throw .tooLong }
        guard let header = bytes.getSlice(at: start, length: total) else { return nil }
        // Of a header without a proxied connection nothing but the length counts.
        let read = command == 0x20 ? .local : try parse(header, family: family)
        bytes.moveReaderIndex(forwardBy: total)
        return read
    }

    private static func parse(_ header: ByteBuffer, family byte: UInt8) throws(ProxyHeaderError) -> ProxyHeader {
        guard let family = Family(rawValue: byte) else { throw .unsupportedFamily }
        var block = header
        block.moveReaderIndex(forwardBy: prefixLength)
        let size = family.addressLength
        guard size > 0 else {
            try checkExtensions(&block, of: header)
            return .local
        }
        guard let source = block.readSlice(length: size), let destination = block.readSlice(length: size),
            let sourcePort: UInt16 = block.readInteger(), let destinationPort: UInt16 = block.readInteger()
        else { throw .malformedBlock }
        try checkExtensions(&block, of: header)
        guard let from = address(source, sourcePort), let to = address(destination, destinationPort),
            let connection = ProxiedConnection(from: from, to: to, transport: family.transport)
        else { throw .malformedBlock }
        return .proxied(connection)
    }

    private static func address(_ packed: ByteBuffer, _ port: UInt16) -> SocketAddress? {
        do { return try SocketAddress(packedIPAddress: packed, port: Int(port)) } catch { return nil }
    }

    /// Steps over the extensions; of all of them only the checksum is looked into.
    private static func checkExtensions(
        _ block: inout ByteBuffer,
        of header: ByteBuffer
    ) throws(ProxyHeaderError) {
        var given: (value: UInt32, offset: Int)?
        while block.readableBytes > 0 {
            guard let type: UInt8 = block.readInteger(), let length: UInt16 = block.readInteger() else {
                throw .malformedBlock
            }
            let offset = header.readableBytes - block.readableBytes
            guard var value = block.readSlice(length: Int(length)) else { throw .malformedBlock }
            guard type == checksumType else { continue }
            guard given == nil, length == 4, let checksum: UInt32 = value.readInteger() else { throw .malformedBlock }
            given = (checksum, offset)
        }
        guard let given else { return }
        var zeroed = header
        zeroed.setInteger(UInt32(0), at: header.readerIndex + given.offset)
        guard CRC32C.checksum(zeroed.readableBytesView) == given.value else { throw .wrongChecksum }
    }

    func writeV2(to buffer: inout ByteBuffer) {
        buffer.writeBytes(Self.signature)
        guard case .proxied(let connection) = self, let source = connection.source.packedAddress,
            let destination = connection.destination.packedAddress
        else {
            buffer.writeMultipleIntegers(UInt8(0x20), UInt8(0), UInt16(0))
            return
        }
        let family: Family =
            switch (connection.isIPv6, connection.transport) {
            case (false, .stream): .tcp4
            case (false, .datagram): .udp4
            case (true, .stream): .tcp6
            case (true, .datagram): .udp6
            }
        buffer.writeMultipleIntegers(UInt8(0x21), family.rawValue, UInt16(2 * family.addressLength + 4))
        buffer.writeBytes(source)
        buffer.writeBytes(destination)
        for port in [connection.source.port, connection.destination.port] {
            buffer.writeInteger(UInt16(truncatingIfNeeded: port ?? 0))
        }
    }
}
