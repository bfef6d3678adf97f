import HTTPFields
import NIOCore
import Testing

@testable import Edge

struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "00-\(trace)-b7ad6b7169203331-01"

    /// Counts up from one, so that what is drawn is known and never zero.
    private struct Counter: RandomNumberGenerator {
        var last: UInt64 = 0
        mutating func next() -> UInt64 {
            last += 1
            return last << 32
        }
    }

    private func context(_ fields: [(String, String)]) -> TraceContext {
        var counter = Counter()
        return TraceContext(fields: FieldSection(fields), using: &counter)
    }

    private func traceparent(of context: TraceContext) throws -> String {
        try #require(context.fields.string("traceparent"))
    }

    @Test func `a trace is carried on with a parent of our own`() throws {
        let context = context([("traceparent", Self.parent)])
        let passed = try traceparent(of: context)
        #expect(passed.hasPrefix("00-\(Self.trace)-"))
        #expect(passed.hasSuffix("-01"))
        #expect(!passed.contains("b7ad6b7169203331"))
        #expect(passed.utf8.count == 55)
        #expect(context.traceIDText == Self.trace)
    }

    @Test func `without a trace one begins that nobody asked to sample`() throws {
        let context = context([("tracestate", "vendor=1")])
        #expect(context.traceID != 0)
        #expect(context.parentID != 0)
        #expect(context.flags == .random)
        #expect(context.state == nil)
        #expect(try traceparent(of: context).utf8.count == 55)
    }

    @Test(arguments: [("00", "00"), ("01", "01"), ("03", "03"), ("ff", "03"), ("fc", "00")])
    func `of the flags only those that are known go on`(came: String, goes: String) throws {
        let context = context([("traceparent", "00-\(Self.trace)-b7ad6b7169203331-\(came)")])
        #expect(try traceparent(of: context).hasSuffix("-\(goes)"))
    }

    @Test(arguments: ["cc-\(trace)-b7ad6b7169203331-01", "01-\(trace)-b7ad6b7169203331-01-more"])
    func `a later version is read as far as it is known`(value: String) throws {
        #expect(try traceparent(of: context([("traceparent", value)])).hasPrefix("00-\(Self.trace)-"))
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-b7ad6b7169203331", "00-\(trace)-b7ad6b7169203331-1", "ff-\(trace)-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace.uppercased())-b7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331-01-more",
        "00-\(trace)-b7ad6b7169203331-0g", "01-\(trace)-b7ad6b7169203331-01more", "00_\(trace)-b7ad6b7169203331-01",
        "00-\(trace)b7ad6b716-9203331-01x", "00-\(trace)-b7ad6b7169203331-01, \(parent)",
    ])
    func `what is malformed is as good as absent`(value: String) {
        let context = context([("traceparent", value), ("tracestate", "a=1")])
        #expect(context.traceIDText != Self.trace)
        #expect(context.state == nil)
    }

    @Test func `two parents are none`() {
        #expect(context([("traceparent", Self.parent), ("Traceparent", Self.parent)]).traceIDText != Self.trace)
    }

    @Test(
        arguments: [
            (["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            (["a=1", " b=2 ,, c=x y"], "a=1,b=2,c=x y"), (["1a@v/_-*=~!"], "1a@v/_-*=~!"), ([""], nil),
            (["a=1,a=2"], nil), (["A=1"], nil), (["a"], nil), (["=1"], nil), (["a="], nil), (["a=b=c"], nil),
            (["a=é"], nil), (["@a=1"], nil), (["a=\(String(repeating: "x", count: 257))"], nil),
            (["\(String(repeating: "k", count: 257))=1"], nil),
            ([(0..<33).map { "k\($0)=1" }.joined(separator: ",")], nil),
            ((0..<5).map { "k\($0)=\(String(repeating: "x", count: 250))" }, nil),
        ] as [([String], String?)]
    )
    func `the vendors' state goes on when all of it is valid`(lines: [String], state: String?) {
        let fields = [("traceparent", Self.parent)] + lines.map { ("tracestate", $0) }
        #expect(context(fields).state == state)
    }

    @Test func `both fields are written once`() {
        let fields = context([("traceparent", Self.parent), ("tracestate", "a=1")]).fields
        #expect(fields.lines.map { String($0.prefix(13)) } == ["traceparent: ", "tracestate: a"])
    }
}
