import Testing

@testable import Agent

struct HTTPDateTests {
    private static let moments: [(Int, String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]

    @Test(arguments: moments)
    func `writes and reads the form of today`(_ seconds: Int, _ text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
        #expect(HTTPDate(text.utf8)?.seconds == seconds)
    }

    @Test(arguments: ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `reads the forms of before`(_ text: String) {
        #expect(HTTPDate(text.utf8)?.seconds == 784_111_777)
    }

    @Test func `stays within the years that can be said`() {
        #expect(HTTPDate(seconds: .max).description == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate(seconds: .min).description == "Mon, 01 Jan 0001 00:00:00 GMT")
    }

    @Test func `is read back on every day of four centuries`() {
        for day in stride(from: -60_000, to: 100_000, by: 7) {
            let date = HTTPDate(seconds: day * 86_400 + 45_296)
            #expect(HTTPDate(date.description.utf8) == date)
        }
    }

    @Test(
        arguments: [
            "", "0", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 29 Feb 2023 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
            "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:+9:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 99999999999999999999-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT and then some more of it",
        ]
    )
    func `refuses what is no date`(_ text: String) {
        #expect(HTTPDate(text.utf8) == nil)
    }
}
