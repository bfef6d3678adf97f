import Testing

@testable import Agent

struct RequestedRangeTests {
    @Test(
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=0-9", 0..<10), ("bytes=0-", 0..<10), ("bytes=9-", 9..<10),
            ("bytes=3-5", 3..<6), ("bytes=5-99", 5..<10), ("bytes=-1", 9..<10), ("bytes=-10", 0..<10),
            ("bytes=-99", 0..<10), ("BYTES=1-2", 1..<3), ("bytes=0-99999999999999999999", 0..<10),
            ("bytes=0-9223372036854775807", 0..<10), ("bytes=-99999999999999999999", 0..<10), ("bytes=007-08", 7..<9),
        ] as [(String, Range<Int>)]
    )
    func `reads one range of ten bytes`(_ field: String, _ range: Range<Int>) {
        #expect(RequestedRange(field.utf8, size: 10) == .part(range))
    }

    @Test(
        arguments: [
            "bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-",
            "bytes=99999999999999999999-99999999999999999999",
        ]
    )
    func `finds nothing behind the end`(_ field: String) {
        #expect(RequestedRange(field.utf8, size: 10) == .unsatisfiable)
    }

    @Test(
        arguments: [
            "", "bytes", "bytes=", "=", "bytes=-", "bytes=5-3", "bytes=a-b", "bytes=1-2-3", "bytes=0x1-2", "bytes=+1-2",
            "bytes=--1", "bytes= 1-2", "bytes=1 -2", "bytes=1-2,4-5", "bytes=0-,-1", "bytes=1-2,", "lines=0-1",
            "bytes =0-1", " bytes=0-1", "bytes=٣-٤", "bytes=1-2\u{0}",
        ]
    )
    func `takes what is no single range for none`(_ field: String) {
        #expect(RequestedRange(field.utf8, size: 10) == .whole)
    }

    @Test func `finds no part of nothing`() {
        #expect(RequestedRange("bytes=0-".utf8, size: 0) == .unsatisfiable)
        #expect(RequestedRange("bytes=0-0".utf8, size: 0) == .unsatisfiable)
        #expect(RequestedRange("bytes=-5".utf8, size: 0) == .whole)
        #expect(RequestedRange("bytes=-0".utf8, size: 0) == .unsatisfiable)
    }
}
