package import NIOCore

/// Why the capsules of a stream cannot go on.
package enum CapsuleError: String, Error, Sendable {
    /// A datagram with more payload than UDP can carry (RFC 9298, 5).
    case datagramTooLong = "datagram_too_long"
    /// A datagram whose length leaves no room for its own context identifier.
    case malformedDatagram = "malformed_datagram"
}

/// Cuts a stream of capsules (RFC 9297) into the UDP payloads of context 0 (RFC 9298).
///
/// Capsules of other types and datagrams of other contexts are skipped as they come and never held, however long. What
/// is held is at most one datagram that has not arrived whole.
package struct CapsuleDecoder: Sendable {
    private var pending = ByteBuffer()
    private var toSkip: UInt64 = 0
    /// Datagrams of contexts that nobody has agreed on.
    package private(set) var skippedDatagrams = 0

    private static let datagramType: UInt64 = 0x00
    /// The longest form of the context identifier counts as well.
    private static let longestDatagram = UInt64(TunnelConstants.datagramBytes + 8)

    package init() {}

    /// Bytes that wait for the rest of their capsule.
    package var pendingBytes: Int { pending.readableBytes }

    /// Whether the stream may end here.
    package var isBetweenCapsules: Bool { pending.readableBytes == 0 && toSkip == 0 }

    /// Takes bytes of the stream; ``next()`` gives what they complete.
    package mutating func feed(_ bytes: ByteBuffer) {
        var bytes = bytes
        toSkip = Self.skip(toSkip, of: &bytes)
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeBuffer(&bytes)
        }
    }

    /// The payload of the next datagram, or nil when more bytes are needed.
    package mutating func next() throws(CapsuleError) -> ByteBuffer? {
        while true {
            toSkip = Self.skip(toSkip, of: &pending)
            var reader = pending
            guard let type = VariableLengthInteger.read(from: &reader),
                let length = VariableLengthInteger.read(from: &reader)
            else { break }
            guard type == Self.datagramType else {
                pending = reader
                toSkip = length
                continue
            }
            guard length <= Self.longestDatagram else { throw .datagramTooLong }
            guard var datagram = reader.readSlice(length: Int(length)) else { break }
            pending = reader
            guard let context = VariableLengthInteger.read(from: &datagram) else { throw .malformedDatagram }
            guard datagram.readableBytes <= TunnelConstants.datagramBytes else { throw .datagramTooLong }
            if context == 0 { return datagram }
            skippedDatagrams += 1
        }
        unpin()
        return nil
    }

    /// Steps over bytes that have come, and says how many are still to be stepped over.
    private static func skip(_ toSkip: UInt64, of bytes: inout ByteBuffer) -> UInt64 {
        let count = Int(min(toSkip, UInt64(bytes.readableBytes)))
        bytes.moveReaderIndex(forwardBy: count)
        return toSkip - UInt64(count)
    }

    /// What waits is copied out of the read buffer that it came in, so that it keeps no more alive than itself.
    private mutating func unpin() {
        guard pending.readableBytes > 0 else {
            pending = ByteBuffer()
            return
        }
        guard pending.readableBytes < pending.storageCapacity / 2 else { return }
        pending = ByteBuffer(bytes: pending.readableBytesView)
    }
}

/// Writes capsules.
package enum DatagramCapsule {
    /// One UDP payload as a DATAGRAM capsule of context 0; nil when it is longer than UDP can carry.
    package static func encode(_ payload: ByteBuffer) -> ByteBuffer? {
        guard payload.readableBytes <= TunnelConstants.datagramBytes else { return nil }
        var capsule = ByteBuffer()
        capsule.reserveCapacity(payload.readableBytes + 8)
        capsule.writeInteger(UInt8(0))
        VariableLengthInteger.write(UInt64(payload.readableBytes + 1), to: &capsule)
        capsule.writeInteger(UInt8(0))
        capsule.writeImmutableBuffer(payload)
        return capsule
    }
}
