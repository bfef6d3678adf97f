import HTTPFields
import NIOCore

/// What a fuzzer's input says when it is read as lines: so that seeds are readable and mutations stay close to them.
enum WrittenLines {
    /// More lines than any invariant needs.
    private static let limit = 64

    /// The lines without their line feeds, of any bytes.
    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "\n"), maxSplits: limit, omittingEmptySubsequences: false)
    }

    static func texts(_ bytes: [UInt8]) -> [String] { lines(bytes).map { String(decoding: $0, as: UTF8.self) } }

    /// Fields as parsers hand them on: `name: value` on each line, of any bytes, without blanks around the value.
    static func fields(_ bytes: [UInt8]) -> FieldSection {
        var fields = FieldSection()
        for line in lines(bytes) {
            // The name of a pseudo-header field begins with a colon.
            guard let colon = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) else { continue }
            var value = line[(colon + 1)...]
            while let first = value.first, isBlank(first) { value = value.dropFirst() }
            while let last = value.last, isBlank(last) { value = value.dropLast() }
            fields.append(name: view(line[..<colon]), value: view(value))
        }
        return fields
    }

    static func view(_ bytes: some Sequence<UInt8>) -> ByteBufferView { ByteBuffer(bytes: bytes).readableBytesView }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension FieldSection {
    /// The values of all fields of that name, which is in lower case.
    func values(_ name: String) -> [[UInt8]] {
        entries.indices.filter { nameEquals(name, at: $0) }.map { Array(value(at: $0)) }
    }
}

extension Sequence<UInt8> {
    /// Whether those bytes stand somewhere in these.
    func holds(_ part: some Sequence<UInt8>) -> Bool {
        let all = Array(self)
        let part = Array(part)
        guard let first = part.first else { return true }
        guard part.count <= all.count else { return false }
        return all.indices.prefix(all.count - part.count + 1).contains { start in
            all[start] == first && all[start..<(start + part.count)].elementsEqual(part)
        }
    }
}
