import CNGHTTP2
import HTTPFields
import NIOCore

/// Fields as the library wants them, in memory that is used for one section after the other.
///
/// ## Concurrency
/// Belongs to its session.
@safe final class LentFields {
    private var pairs = unsafe [nghttp2_nv]()
    private var digits: [UInt8] = [0, 0, 0]
    /// How many sections have been lent.
    private var sections: UInt = 0

    /// So often a section's values go into HPACK's table, even those that never come again.
    private static let namesComeBackEvery: UInt = 64

    /// Lends the library the fields; it copies what it keeps and folds names to lower case.
    ///
    /// - Parameters:
    ///   - fields: What is lent.
    ///   - status: Put in front, when it does not stand among the fields.
    ///   - body: Given the fields and their number.
    /// - Returns: What `body` answers.
    func with(
        _ fields: FieldSection,
        status: Int? = nil,
        _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32
    ) -> Int32 {
        if let status { write(status) }
        let indexesAll = sections % Self.namesComeBackEvery == 0
        sections &+= 1
        return unsafe digits.withUnsafeMutableBufferPointer { digits in
            unsafe pairs.removeAll(keepingCapacity: true)
            if status != nil { unsafe Self.append(digits, to: &pairs) }
            return unsafe fields.storage.withUnsafeReadableBytes { region in
                if let base = region.baseAddress {
                    unsafe Self.append(fields.entries, at: base, indexesAll: indexesAll, to: &pairs)
                }
                return unsafe pairs.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
            }
        }
    }

    private func write(_ status: Int) {
        var rest = status
        for place in digits.indices.reversed() {
            digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func append(_ status: UnsafeMutableBufferPointer<UInt8>, to pairs: inout [nghttp2_nv]) {
        let name = FieldName.status.text
        unsafe pairs.append(
            nghttp2_nv(
                name: UnsafeMutablePointer(mutating: name.utf8Start),
                value: status.baseAddress,
                namelen: name.utf8CodeUnitCount,
                valuelen: status.count,
                flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
            )
        )
    }

    private static func append(
        _ entries: [FieldSection.Entry],
        at base: UnsafeRawPointer,
        indexesAll: Bool,
        to pairs: inout [nghttp2_nv]
    ) {
        let bytes = unsafe UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
        for entry in entries {
            unsafe pairs.append(
                nghttp2_nv(
                    name: bytes + Int(entry.nameOffset),
                    value: bytes + Int(entry.valueOffset),
                    namelen: Int(entry.nameLength),
                    valuelen: Int(entry.valueLength),
                    flags: indexesAll ? UInt8(NGHTTP2_NV_FLAG_NONE.rawValue) : flags(of: entry.name)
                )
            )
        }
    }

    /// Keeps values that never come again out of the table of HPACK: each would drive out one that does, and the library
    /// looks through all entries of a name.
    ///
    /// Now and then one goes in for the sake of its name, which then costs a byte instead of being spelt out.
    private static func flags(of name: FieldName) -> UInt8 {
        switch name {
        case .traceparent, .tracestate, .xRequestID: UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue)
        case .other, .authority, .method, .path, .protocol, .scheme, .status, .accept, .connection, .contentLength,
            .cookie, .expect, .forwarded, .host, .http2Settings, .keepAlive, .proxyConnection, .proxyStatus,
            .secWebSocketAccept, .secWebSocketKey, .te, .transferEncoding, .upgrade, .xForwardedFor, .xForwardedHost,
            .xForwardedPort, .xForwardedProto, .xRealIP:
            UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
        }
    }
}
