import NIOCore

/// A TLS record with a ServerHello, as it passes in clear.
struct RecordedHello {
    static let helloRetryRandom: [UInt8] = [
        // SHA-256 of "HelloRetryRequest" (RFC 8446, 4.1.3).
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]

    /// The one of RFC 8448, 3: X25519 and no session identifier.
    static let published: [UInt8] = [
        0x16, 0x03, 0x03, 0x00, 0x5A, 0x02, 0x00, 0x00, 0x56, 0x03, 0x03, 0xA6, 0xAF, 0x06, 0xA4, 0x12,
        0x18, 0x60, 0xDC, 0x5E, 0x6E, 0x60, 0x24, 0x9C, 0xD3, 0x4C, 0x95, 0x93, 0x0C, 0x8A, 0xC5, 0xCB,
        0x14, 0x34, 0xDA, 0xC1, 0x55, 0x77, 0x2E, 0xD3, 0xE2, 0x69, 0x28, 0x00, 0x13, 0x01, 0x00, 0x00,
        0x2E, 0x00, 0x33, 0x00, 0x24, 0x00, 0x1D, 0x00, 0x20, 0xC9, 0x82, 0x88, 0x76, 0x11, 0x20, 0x95,
        0xFE, 0x66, 0x76, 0x2B, 0xDB, 0xF7, 0xC6, 0x72, 0xE1, 0x56, 0xD6, 0xCC, 0x25, 0x3B, 0x83, 0x3D,
        0xF1, 0xDD, 0x69, 0xB1, 0xB0, 0x4E, 0x75, 0x1F, 0x0F, 0x00, 0x2B, 0x00, 0x02, 0x03, 0x04,
    ]

    /// 1088 bytes of ciphertext and 32 of X25519, behind the supported version.
    static let hybrid = RecordedHello(extensions: [version, keyShare(group: 0x11EC, bytes: 1120)]).record

    /// Names the group and holds no share of it.
    static let retry = RecordedHello(
        random: helloRetryRandom,
        extensions: [version, (51, [0x00, 0x17]), (44, [0x00, 0x02, 0xAA, 0xBB])]
    ).record

    static let version: (UInt16, [UInt8]) = (43, [0x03, 0x04])

    static func keyShare(group: UInt16, bytes count: Int) -> (UInt16, [UInt8]) {
        var body = ByteBuffer()
        body.writeInteger(group)
        body.writeInteger(UInt16(count))
        body.writeRepeatingByte(0xA5, count: count)
        return (51, Array(body.readableBytesView))
    }

    let record: [UInt8]

    /// Puts a record together as RFC 8446, 4.1.3 and 5.1 say; the session identifier is echoed as browsers demand.
    init(
        random: [UInt8] = [UInt8](repeating: 0x5A, count: 32),
        session: Int = 32,
        extensions: [(type: UInt16, body: [UInt8])]
    ) {
        var list = ByteBuffer()
        for (type, body) in extensions {
            list.writeInteger(type)
            list.writeInteger(UInt16(body.count))
            list.writeBytes(body)
        }
        var hello = ByteBuffer()
        hello.writeInteger(UInt16(0x0303))
        hello.writeBytes(random)
        hello.writeInteger(UInt8(session))
        hello.writeRepeatingByte(0x11, count: session)
        hello.writeBytes([0x13, 0x01, 0x00])
        hello.writeInteger(UInt16(list.readableBytes))
        hello.writeBuffer(&list)
        var record = ByteBuffer(bytes: [22, 3, 3])
        record.writeInteger(UInt16(hello.readableBytes + 4))
        record.writeInteger(UInt32(0x0200_0000) | UInt32(hello.readableBytes))
        record.writeBuffer(&hello)
        self.record = Array(record.readableBytesView)
    }
}
