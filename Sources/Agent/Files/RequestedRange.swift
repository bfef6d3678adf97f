import HTTPFields
import NIOCore

/// What a Range field asks of a representation (RFC 9110, 14.2).
enum RequestedRange: Equatable {
    /// Everything; also in answer to what is no range, and to several, which a server may decline (RFC 9110, 14.2).
    case whole
    /// Some bytes, at least one.
    case part(Range<Int>)
    /// Nothing that there is.
    case unsatisfiable

    /// - Parameters:
    ///   - field: The value of the field.
    ///   - size: How many bytes there are.
    init(_ field: some Collection<UInt8>, size: Int) {
        guard let equals = field.firstIndex(of: UInt8(ascii: "=")),
            field[..<equals].map(\.lowercasedASCII) == Array("bytes".utf8)
        else {
            self = .whole
            return
        }
        let bounds = field[field.index(after: equals)...]
            .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bounds.count == 2 else {
            self = .whole
            return
        }
        switch (Bound(bounds[0]), Bound(bounds[1])) {
        case (.number(let first), .absent): self.init(first: first, last: .max, size: size)
        case (.number(let first), .number(let last)) where first <= last:
            self.init(first: first, last: last, size: size)
        case (.absent, .number(let count)): self.init(last: count, size: size)
        case (.number, .number), (.absent, .absent), (.malformed, _), (_, .malformed): self = .whole
        }
    }

    private init(first: Int, last: Int, size: Int) {
        self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
    }

    /// Asks for so many bytes from the end, or for all when there are fewer.
    private init(last count: Int, size: Int) {
        guard count > 0 else {
            self = .unsatisfiable
            return
        }
        // Of nothing, no part can be named in a Content-Range.
        self = size == 0 ? .whole : .part(size - min(count, size)..<size)
    }

    private enum Bound {
        case absent
        /// A number too large for the machine is as good as the largest one: no file reaches that far.
        case number(Int)
        case malformed

        init(_ digits: some Collection<UInt8>) {
            guard !digits.isEmpty else {
                self = .absent
                return
            }
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                self = .malformed
                return
            }
            self = .number(Int(String(decoding: digits, as: UTF8.self)) ?? .max)
        }
    }
}
