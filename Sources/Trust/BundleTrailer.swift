import Crypto

/// How an operator's bundle stands behind the end of a program that was built without one.
///
/// The bundle, then 48 bytes that end the file: 8 of magic, the bundle's length as an unsigned 64-bit number with its
/// most significant byte first, and the bundle's SHA-256.
package enum BundleTrailer {
    /// What the trailer itself takes, in bytes.
    package static let length = 48

    private static let magic = Array("OSMCAv1\0".utf8)
    private static let digestBytes = 32

    /// What the end of a file holds.
    package enum Finding: Equatable, Sendable {
        case nothing
        /// A trailer is there, and what it says of the file is not so.
        case damaged
        case bundle([UInt8])
    }

    /// The bytes that go behind a program.
    package static func appendix(for bundle: [UInt8]) -> [UInt8] {
        let count = (0..<8).map { UInt8(truncatingIfNeeded: bundle.count >> (56 - 8 * $0)) }
        return bundle + magic + count + Array(SHA256.hash(data: bundle))
    }

    /// Looks at the end of a program's bytes; only the pages that hold the bundle are touched.
    package static func find<Bytes: RandomAccessCollection<UInt8>>(in file: Bytes) -> Finding {
        let trailer = Array(file.suffix(length))
        guard trailer.count == length, trailer.starts(with: magic) else { return .nothing }
        let size = trailer[magic.count..<(length - digestBytes)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(OperatorBundle.limit), Int(size) <= file.count - length else { return .damaged }
        let bundle = Array(file.dropLast(length).suffix(Int(size)))
        // Both are public: there is nothing to learn from how long the comparison takes.
        guard trailer.suffix(digestBytes).elementsEqual(SHA256.hash(data: bundle)) else { return .damaged }
        return .bundle(bundle)
    }
}
