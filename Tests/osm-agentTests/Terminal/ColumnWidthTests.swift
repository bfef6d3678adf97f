import Testing

@testable import osm_agent

struct ColumnWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("写真", 4), ("한글", 4), ("🙂", 2), ("ｆ", 2), ("ﬀ", 1), ("─", 1),
        ("😀a写", 5),
    ])
    func `counts the columns of a text`(text: String, columns: Int) {
        #expect(ColumnWidth.of(text) == columns)
    }

    @Test func `cuts before the column that is too many`() {
        #expect(ColumnWidth.cut("abcdef", to: 4, ellipsis: "…") == "abc…")
        #expect(ColumnWidth.cut("写真写真", to: 6, ellipsis: "…") == "写真…")
        #expect(ColumnWidth.cut("写真写真", to: 5, ellipsis: "") == "写真")
        #expect(ColumnWidth.cut("abc", to: 3, ellipsis: "…") == "abc")
        #expect(ColumnWidth.cut("abc", to: 0, ellipsis: "…") == "")
    }

    @Test func `keeps a mark with the letter that it belongs to`() {
        #expect(ColumnWidth.cut("ae\u{301}bc", to: 2, ellipsis: "") == "ae\u{301}")
    }
}
