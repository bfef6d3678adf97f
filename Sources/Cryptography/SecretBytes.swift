import COpenSSL

/// Bytes that are overwritten before their memory is given back, such as a private key on its way to a file.
@safe package final class SecretBytes {
    private var bytes: [UInt8]

    /// Takes the bytes over; the caller must hold no other copy of them.
    package init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

    deinit {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Lends the bytes; a copy made inside the closure is not wiped.
    package func withBytes<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }
}
