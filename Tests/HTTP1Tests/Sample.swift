import HTTP1
import Testing

/// Bytes with a name, and what they must be refused with; nil for bytes that are in order.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let error: HTTP1Error?

    init(_ name: String, _ text: String, _ error: HTTP1Error? = nil) {
        self.init(name, Array(text.utf8), error)
    }

    init(_ name: String, _ bytes: [UInt8], _ error: HTTP1Error? = nil) {
        self.name = name
        self.bytes = bytes
        self.error = error
    }

    var testDescription: String { name }

    /// Ways of cutting the bytes: each into two pieces, and each byte on its own.
    var cuts: [[[UInt8]]] {
        let halves = bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
        return halves + [bytes.map { [$0] }]
    }
}
