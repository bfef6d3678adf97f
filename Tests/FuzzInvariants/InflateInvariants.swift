#if DEBUG || FUZZING
@testable import Inspector

/// What is inflated for a look stays within its bounds, and more input never takes back what was read.
enum InflateInvariants {
    private static let limit = 4096

    static func inflate(_ bytes: [UInt8]) throws {
        var whole = Inflate(bytes, from: 0, limit: limit)
        let end = whole.run()
        try require(whole.output.count <= limit, "the output is longer than it may be")
        var half = Inflate(Array(bytes.prefix(bytes.count / 2)), from: 0, limit: limit)
        let halfEnd = half.run()
        try require(whole.output.starts(with: half.output), "the beginning reads as something else")
        try require(halfEnd == .cut || halfEnd == end, "what ended has another end with more behind it")
        for coding in ["gzip", "deflate"] {
            guard let plain = PlainBody(bytes, coding: coding) else { continue }
            try require(plain.bytes.count <= PlainBody.limit, "a body is longer than it may be")
        }
    }
}
#endif
