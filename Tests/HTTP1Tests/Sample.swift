import HTTP1
import Testing

/// Bytes with a name, and what must become of them: the parts that are read, or the error they are refused with.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let parts: [String]
    let error: HTTP1Error?

    /// Bytes that are in order, with everything that is read from them, as ``Transcript`` writes it.
    init(_ name: String, _ text: String, _ parts: [String]) {
        self.name = name
        self.bytes = Array(text.utf8)
        self.parts = parts
        self.error = nil
    }

    init(_ name: String, _ text: String, _ error: HTTP1Error) {
        self.init(name, Array(text.utf8), error)
    }

    init(_ name: String, _ bytes: [UInt8], _ error: HTTP1Error) {
        self.name = name
        self.bytes = bytes
        self.parts = []
        self.error = error
    }

    var testDescription: String { name }

    /// Ways of cutting the bytes: each into two pieces, and each byte on its own.
    var cuts: [[[UInt8]]] {
        let halves = bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
        return halves + [bytes.map { [$0] }]
    }
}
