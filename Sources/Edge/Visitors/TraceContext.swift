import HTTP1
import HTTPFields
import NIOCore

/// The place of a request in a distributed trace (W3C Trace Context, level 2), carried on from the visitor or begun.
///
/// The edge is a hop of its own, so the parent that it names is always new. What is malformed is as good as absent.
struct TraceContext: Equatable {
    /// Two halves, as in ``IPAddress``; never both zero.
    private let high: UInt64
    private let low: UInt64
    /// The edge's own, never zero.
    let parentID: UInt64
    let flags: Flags
    /// What the vendors on the way keep for themselves; nil unless the trace came from the visitor.
    let state: String?

    /// The bits of the last part; others are not passed on (level 2, 3.2.2.5).
    struct Flags: OptionSet, Equatable {
        let rawValue: UInt8
        static let sampled = Flags(rawValue: 1)
        /// The trace's identifier is random in its right-most seven bytes.
        static let random = Flags(rawValue: 2)
    }

    /// Carries on what the visitor sent, or begins a trace that nobody has asked to sample.
    init(fields: FieldSection, using generator: inout some RandomNumberGenerator) {
        let parent = Traceparent(fields: fields)
        let traceID: UInt128 = parent?.traceID ?? Self.identifier(using: &generator)
        high = UInt64(truncatingIfNeeded: traceID >> 64)
        low = UInt64(truncatingIfNeeded: traceID)
        parentID = Self.identifier(using: &generator)
        flags = parent?.flags.intersection([.sampled, .random]) ?? .random
        state = parent == nil ? nil : TraceState.validated(fields)
    }

    private static func identifier<Number: FixedWidthInteger & UnsignedInteger>(
        using generator: inout some RandomNumberGenerator
    ) -> Number {
        .random(in: 1 ... .max, using: &generator)
    }

    /// Never zero.
    var traceID: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// The trace's identifier as logs have it.
    var traceIDText: String { FieldBytes.text(capacity: 32) { writeTraceID(to: &$0) } }

    /// Both fields, the second only where there is a state.
    var fields: FieldSection { FieldSection(capacity: capacity, fields: 2, write) }

    /// Adds ``fields`` to a request that has neither: see ``ForwardedRequest``.
    func write(_ bytes: inout OutputRawSpan, _ entries: inout [FieldSection.Entry]) {
        bytes.append(.traceparent, &entries) { value in
            value.append("00-")
            writeTraceID(to: &value)
            value.append("-")
            value.append(16, digitsOf: parentID)
            value.append("-")
            value.append(2, digitsOf: UInt64(flags.rawValue))
        }
        if let state { bytes.append(.tracestate, state, &entries) }
    }

    /// The bytes of ``fields`` at most: both names and both values.
    var capacity: Int { 11 + Self.length + 10 + (state?.utf8.count ?? 0) }

    private func writeTraceID(to value: inout OutputRawSpan) {
        value.append(16, digitsOf: high)
        value.append(16, digitsOf: low)
    }

    /// Two, 32, 16 and two digits with hyphens between them.
    fileprivate static let length = 55
}

/// A traceparent as it came (level 2, 3.2).
private struct Traceparent {
    let traceID: UInt128
    let flags: TraceContext.Flags

    /// Nil unless the field is there once and is valid.
    init?(fields: FieldSection) {
        guard let line = fields.firstIndex(of: .traceparent),
            !fields.entries.indices.dropFirst(line + 1).contains(where: { fields.is(.traceparent, at: $0) })
        else { return nil }
        let value = fields.value(at: line)
        guard value.count >= TraceContext.length, let version = Self.number(value.prefix(2)), version != 0xFF else {
            return nil
        }
        // A later version may have more behind another hyphen, and is read as far as it is known (level 2, 3.2.4).
        let rest = value.dropFirst(TraceContext.length)
        guard rest.isEmpty || version > 0 && rest.first == UInt8(ascii: "-") else { return nil }
        let parts = value.prefix(TraceContext.length).split(
            separator: UInt8(ascii: "-"),
            omittingEmptySubsequences: false
        )
        guard parts.map(\.count) == [2, 32, 16, 2], let traceID = Self.number(parts[1]), traceID != 0,
            let parent = Self.number(parts[2]), parent != 0, let flags = Self.number(parts[3])
        else { return nil }
        self.traceID = traceID
        self.flags = TraceContext.Flags(rawValue: UInt8(flags))
    }

    /// Digits and small letters alone, 32 at most.
    private static func number(_ text: ByteBufferView) -> UInt128? {
        var value: UInt128 = 0
        for byte in text {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt128(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt128(byte - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}

/// The rules for tracestate (level 2, 3.3).
private enum TraceState {
    private static let maximumMembers = 32
    /// Level 2 wants at least 512 to be passed on.
    private static let maximumBytes = 1024

    /// All lines as one list, or nil when any member is malformed, there twice or too much.
    static func validated(_ fields: FieldSection) -> String? {
        var members: [ByteBufferView] = []
        var length = 0
        var keys: Set<[UInt8]> = []
        for index in fields.entries.indices where fields.is(.tracestate, at: index) {
            for member in ListTokens(fields.value(at: index)) where !member.isEmpty {
                length += member.count + 1
                guard members.count < maximumMembers, length <= maximumBytes, let key = key(of: member),
                    keys.insert(Array(key)).inserted
                else { return nil }
                members.append(member)
            }
        }
        guard !members.isEmpty else { return nil }
        return members.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }

    /// The key of a valid member.
    private static func key(of member: ByteBufferView) -> ByteBufferView? {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let key = member[..<equals]
        let value = member[(equals + 1)...]
        guard (1...256).contains(key.count), key.allSatisfy(isKey), let first = key.first, isAlphanumeric(first),
            (1...256).contains(value.count), value.allSatisfy(isValue)
        else { return nil }
        return key
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isKey(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "_-*/@".utf8.contains(byte) }

    /// Printable, without `,` and `=`; blanks at the end have been cut off with the list's.
    private static func isValue(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "=")
    }
}
