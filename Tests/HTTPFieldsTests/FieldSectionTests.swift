import HTTPFields
import NIOCore
import Testing

struct FieldSectionTests {
    private func section() -> FieldSection {
        var section = FieldSection()
        section.append("Host", "a")
        section.append("x-empty", "")
        section.append(
            name: ByteBuffer(string: "Accept").readableBytesView,
            value: ByteBuffer(string: "b").readableBytesView
        )
        section.append("accept", ByteBuffer(string: "c").readableBytesView)
        return section
    }

    @Test func `keeps fields in their order, as they were written`() {
        let section = section()
        let fields = section.entries.indices.map { index in
            String(decoding: section.name(at: index), as: UTF8.self) + "="
                + String(decoding: section.value(at: index), as: UTF8.self)
        }
        #expect(fields == ["Host=a", "x-empty=", "Accept=b", "accept=c"])
        #expect(section.count == 4 && !section.isEmpty)
        #expect(FieldSection().isEmpty)
    }

    @Test func `finds the first field of a name without regard to case`() {
        #expect(section().string("host") == "a")
        #expect(section().string("accept") == "b")
        #expect(section().first("x-empty")?.isEmpty == true)
        #expect(section().first("x-absent") == nil)
        #expect(section().first("hos") == nil)
    }

    @Test(arguments: [("host", true), ("hosT", false), ("hose", false), ("hosts", false), ("", false)])
    func `compares a name with one in lower case`(name: String, equal: Bool) {
        #expect(section().nameEquals(name, at: 0) == equal)
    }

    @Test(arguments: ["host", "a-name-of-more-than-fifteen-bytes"] as [StaticString])
    func `compares a name with one from a table`(name: StaticString) {
        var section = FieldSection()
        section.append(name.description.uppercased(), "a")
        section.append("other", "a")
        #expect(section.nameEquals(name.description, at: 0))
        #expect(!section.nameEquals(name.description, at: 1))
    }

    @Test func `compares a value without regard to case`() {
        var section = FieldSection()
        section.append("transfer-encoding", "Chunked")
        #expect(section.valueEquals("chunked", at: 0))
        #expect(!section.valueEquals("chunke", at: 0))
    }

    @Test func `folds letters and nothing else`() {
        // Next to the letters stand characters that differ from others by the same bit.
        #expect(!ByteBuffer(string: "@[\\]^").readableBytesView.equalsIgnoringCase("`{|}~"))
        #expect(ByteBuffer(string: "AZaz09-").readableBytesView.equalsIgnoringCase("azaz09-"))
        #expect(!ByteBuffer(string: "a").readableBytesView.equalsIgnoringCase("ab"))
        #expect(ByteBufferView().equalsIgnoringCase(""))
    }

    @Test func `takes over bytes that lie anywhere in a buffer`() throws {
        var storage = ByteBuffer(string: "before A: b")
        storage.moveReaderIndex(forwardBy: 7)
        let entry = FieldSection.Entry(name: 0..<1, value: 3..<4, in: storage.readableBytesSpan)
        let section = FieldSection(storage: storage, entries: [entry])
        #expect(section.nameEquals("a", at: 0))
        #expect(section.string("a") == "b")
    }

    @Test func `appends bytes that are lent as spans`() {
        let name = ByteBuffer(string: "Name")
        let value = ByteBuffer(string: "a value")
        var section = section()
        section.append(name: name.readableBytesSpan, value: value.readableBytesSpan)
        #expect(section.string("name") == "a value")
        #expect(section.count == 5)
    }

    @Test func `counts an empty section as nothing and an empty field as its overhead`() {
        var section = FieldSection()
        #expect(section.listSize == 0)
        section.append("", "")
        #expect(section.listSize == 32)
    }

    @Test func `counts what HPACK would count`() {
        #expect(section().listSize == 4 * 32 + "Hosta".count + "x-empty".count + "Acceptb".count + "acceptc".count)
    }

    @Test func `replaces bytes that are not UTF-8 in text`() {
        var section = FieldSection()
        section.append("a", ByteBuffer(bytes: [0xFF]).readableBytesView)
        #expect(section.string("a") == "\u{FFFD}")
    }
}
