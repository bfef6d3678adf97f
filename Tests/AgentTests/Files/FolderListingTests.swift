import Testing

@testable import Agent

struct FolderListingTests {
    private func page(_ names: [String], in folder: [String] = []) -> String {
        let entries = names.map {
            FolderListing.Entry(name: $0, isFolder: $0.hasSuffix("d"), size: 7, modified: HTTPDate(seconds: 0))
        }
        return FolderListing(names: folder, entries: entries, isWhole: true).html
    }

    @Test func `shows names as text and links them as one segment`() {
        let page = page(["<script>alert(1)</script>", "\"' onload=x", "javascript:x", "&amp;"], in: ["<b>"])
        #expect(!page.contains("<script") && !page.contains("<b>") && !page.contains("href=\"javascript"))
        #expect(page.contains("href=\"./%3Cscript%3Ealert%281%29%3C%2Fscript%3E\""))
        #expect(page.contains("href=\"./javascript%3Ax\""))
        #expect(page.contains("<bdi>&quot;&#39; onload=x</bdi>"))
        #expect(page.contains("<bdi>&amp;amp;</bdi>"))
        #expect(page.contains("<title>/&lt;b&gt;/</title>"))
    }

    @Test func `leads into folders, and out of all but the first`() {
        #expect(page(["d"]).contains("<a href=\"./d/\"><bdi>d</bdi>/</a>"))
        #expect(!page(["a"]).contains("../"))
        #expect(page(["a"], in: ["x"]).contains("<a href=\"../\">"))
    }
}
