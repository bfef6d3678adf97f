#if DEBUG || FUZZING
import HTTP1
import HTTPFields
import NIOCore

@testable import Edge

/// A trace is carried on as it came or begun anew, and whoever reads what is passed on reads the same.
enum TraceInvariants {
    /// Counts, so that a number that was made up can be told from one that was read.
    private struct Counter: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
    }

    static func fields(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let context = context(fields, seed: 1)
        try check(context, fields, isCarried: context.traceID == self.context(fields, seed: 2).traceID)

        let passedOn = context.fields
        try passedOn.requireCleanFields()
        let again = self.context(passedOn, seed: 3)
        try require(again.traceID == context.traceID, "another trace is passed on")
        try require(again.flags == context.flags, "other flags are passed on")
        try require(again.state == context.state, "another state is passed on")
        try require(again.parentID != context.parentID, "the next hop has the same parent")
    }

    private static func context(_ fields: FieldSection, seed: UInt64) -> TraceContext {
        var generator = Counter(state: seed)
        return TraceContext(fields: fields, using: &generator)
    }

    private static func check(_ context: TraceContext, _ fields: FieldSection, isCarried: Bool) throws {
        try require(context.traceID != 0 && context.parentID != 0, "an identifier is zero")
        let passed = context.fields
        try require(passed.first("traceparent")?.count == 55, "a traceparent has another length")
        guard isCarried else {
            try require(context.state == nil, "the state of a trace goes on without its trace")
            return try require(context.flags == .random, "a new trace is sampled")
        }
        let parents = fields.values("traceparent")
        try require(parents.count == 1, "one of several traces is carried on")
        try require(parents[0].holds(context.traceIDText.utf8), "a trace is carried on that nobody named")
        guard let state = context.state else { return }
        let members = state.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let came = fields.values("tracestate").flatMap { ListTokens(WrittenLines.view($0)).map(Array.init) }
        try require((1...32).contains(members.count) && state.utf8.count <= 1024, "a state is empty or too long")
        try require(members.map(Array.init) == came.filter { !$0.isEmpty }, "a state is not as it came")
        try require(state.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a state holds what none does")
    }
}
#endif
