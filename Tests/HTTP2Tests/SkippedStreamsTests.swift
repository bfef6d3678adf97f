import Testing

@testable import HTTP2

struct SkippedStreamsTests {
    @Test func `admits what comes in order, and late frames of streams that were open`() {
        var streams = SkippedStreams()
        for id: Int32 in [1, 3, 5, 3, 1, 7] {
            let isAdmitted = streams.admit(id)
            #expect(isAdmitted)
        }
    }

    @Test func `refuses an identifier that was skipped`() {
        var streams = SkippedStreams()
        for id: Int32 in [3, 9] {
            let isAdmitted = streams.admit(id)
            #expect(isAdmitted)
        }
        for id: Int32 in [1, 5, 7] {
            let isAdmitted = streams.admit(id)
            #expect(!isAdmitted)
        }
    }

    @Test func `remembers a bounded number of gaps`() {
        var streams = SkippedStreams()
        for number in 0...Int32(SkippedStreams.remembered) { _ = streams.admit(number * 4 + 3) }
        let oldest = streams.admit(1)
        let newest = streams.admit(Int32(SkippedStreams.remembered) * 4 + 1)
        #expect(oldest && !newest)
    }
}
