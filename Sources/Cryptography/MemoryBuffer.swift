import COpenSSL

/// A memory BIO: how bytes enter and leave the PEM and DER functions.
///
/// OpenSSL clears its memory when it goes.
@safe struct MemoryBuffer: ~Copyable {
    let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }
    deinit { unsafe BIO_free_all(raw) }

    /// A buffer that holds `bytes` to be read.
    static func holding(_ bytes: [UInt8] = []) throws(CryptographyError) -> MemoryBuffer {
        let raw = unsafe try check(BIO_new(BIO_s_mem()), "allocate a buffer")
        let buffer = unsafe MemoryBuffer(owning: raw)
        guard !bytes.isEmpty else { return buffer }
        let written = unsafe bytes.withUnsafeBytes { unsafe BIO_write(raw, $0.baseAddress, Int32(clamping: $0.count)) }
        guard written == bytes.count else { throw .last("fill a buffer") }
        return buffer
    }

    /// Takes everything out of the buffer.
    func drain() throws(CryptographyError) -> [UInt8] {
        let count = unsafe BIO_ctrl_pending(raw)
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe bytes.withUnsafeMutableBytes {
            unsafe BIO_read(self.raw, $0.baseAddress, Int32(clamping: $0.count))
        }
        guard read == count else { throw .last("read a buffer") }
        return bytes
    }
}
