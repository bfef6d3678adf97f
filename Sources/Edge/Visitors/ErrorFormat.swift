import HTTP1
import HTTPFields
import NIOCore

/// The forms in which an error can be read.
enum ErrorFormat: CaseIterable {
    // In the order in which they are chosen for a visitor without a preference: curl gets text.
    case plain, html, json

    var mediaType: String {
        switch self {
        case .plain: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .json: "application/problem+json"
        }
    }

    private var names: [String] {
        switch self {
        case .plain: ["text/plain"]
        case .html: ["text/html", "application/xhtml+xml"]
        case .json: ["application/problem+json", "application/json"]
        }
    }

    private static let maximumRanges = 64

    /// Chooses by the Accept of a request (RFC 9110, 12.5.1); text when it accepts none of them.
    ///
    /// The highest weight wins; among equals the one that is named most exactly, then the one that is named first.
    init(accepting fields: FieldSection) {
        let ranges = Self.ranges(fields)
        guard !ranges.isEmpty else {
            self = .plain
            return
        }
        let ranked = Self.allCases.compactMap { form in Self.rank(form, ranges).map { (form, $0) } }
        self = ranked.max { $0.1.isWorse(than: $1.1) }?.0 ?? .plain
    }

    /// How well a form fits.
    private struct Rank {
        let weight: Int
        let exactness: Int
        let position: Int

        func isWorse(than other: Rank) -> Bool {
            (weight, exactness, -position) < (other.weight, other.exactness, -other.position)
        }
    }

    /// One media range with its weight in thousandths.
    private struct Range {
        let type: String
        let weight: Int

        func exactness(for name: String) -> Int? {
            if type == name { return 2 }
            if type.hasSuffix("/*"), type != "*/*", name.hasPrefix(type.dropLast()) { return 1 }
            return type == "*/*" ? 0 : nil
        }
    }

    private static func rank(_ form: ErrorFormat, _ ranges: [Range]) -> Rank? {
        let fitting = form.names.compactMap { name -> Rank? in
            let matches = ranges.enumerated().compactMap { position, range -> Rank? in
                // A range with a star means the type that is sent, not what else it may be called.
                guard let exactness = range.exactness(for: name), exactness == 2 || name == form.names.first else {
                    return nil
                }
                return Rank(weight: range.weight, exactness: exactness, position: position)
            }
            // The most exact range that fits decides about a type, even when it forbids it.
            return matches.max { ($0.exactness, -$0.position) < ($1.exactness, -$1.position) }
        }
        return fitting.filter { $0.weight > 0 }.max { $0.isWorse(than: $1) }
    }

    private static func ranges(_ fields: FieldSection) -> [Range] {
        var ranges: [Range] = []
        for index in fields.entries.indices where fields.nameEquals("accept", at: index) {
            for element in ListTokens(fields.value(at: index)) where !element.isEmpty {
                guard ranges.count < maximumRanges else { return ranges }
                if let range = range(element) { ranges.append(range) }
            }
        }
        return ranges
    }

    /// A range with a weight that can be read; its other parameters are of no use here.
    private static func range(_ element: ByteBufferView) -> Range? {
        let parts = String(decoding: element, as: UTF8.self).lowercased()
            .split(separator: ";", maxSplits: 16, omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        var weight = 1000
        for parameter in parts.dropFirst() where parameter.hasPrefix("q=") {
            guard let written = Self.weight(parameter.dropFirst(2)) else { return nil }
            weight = written
        }
        return Range(type: parts[0], weight: weight)
    }

    /// `0`, `0.5`, `1.000` in thousandths (RFC 9110, 12.4.2).
    private static func weight(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), bytes.count <= 5,
            bytes.count < 2 || bytes[1] == UInt8(ascii: ".")
        else { return nil }
        var thousandths = Int(first - 0x30) * 1000
        for (byte, place) in zip(bytes.dropFirst(2), [100, 10, 1]) {
            guard (0x30...0x39).contains(byte) else { return nil }
            thousandths += Int(byte - 0x30) * place
        }
        return thousandths <= 1000 ? thousandths : nil
    }
}
