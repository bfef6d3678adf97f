import HTTPFields
import Testing

@testable import Agent

struct FileResponseTests {
    private static let modified = 784_111_777
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
    private static let later = "Sun, 06 Nov 1994 08:49:38 GMT"
    private static let tag = facts().tag(at: now).description
    private static let now = HTTPDate(seconds: modified + 3600)

    private static func facts(size: Int = 10, inode: UInt64 = 1, changed: Int = modified) -> FileFacts {
        FileFacts(
            kind: .file,
            device: 1,
            inode: inode,
            size: size,
            modified: .init(seconds: modified, nanoseconds: 5),
            changed: .init(seconds: changed, nanoseconds: 5)
        )
    }

    private struct Answer: Equatable {
        var status: String?
        var body: Range<Int>?
        var fields: [String: String] = [:]
    }

    private func answer(
        _ request: [String: String] = [:],
        method: String = "GET",
        facts: FileFacts = facts()
    ) -> Answer {
        let fields = FieldSection.of([":method": method].merging(request) { $1 })
        let file = Folder.File(names: ["a", "b.html"], facts: facts)
        switch FileResponse(file, to: fields, at: Self.now) {
        case .refusal(let refusal):
            return Answer(status: refusal.status, fields: refusal.field.map { [$0.name: $0.value] } ?? [:])
        case .file(let head, let range):
            var named: [String: String] = [:]
            for index in head.entries.indices {
                let name = String(decoding: head.name(at: index), as: UTF8.self)
                named[name] = String(decoding: head.value(at: index), as: UTF8.self)
            }
            return Answer(status: head.string(":status"), body: range, fields: named)
        }
    }

    @Test func `says everything about a file`() {
        let answer = answer()
        #expect(answer.body == 0..<10)
        #expect(
            answer.fields == [
                ":status": "200", "date": "Sun, 06 Nov 1994 09:49:37 GMT", "etag": Self.tag, "last-modified": Self.date,
                "cache-control": "no-cache", "accept-ranges": "bytes", "content-type": "text/html; charset=utf-8",
                "x-content-type-options": "nosniff", "content-length": "10",
            ]
        )
    }

    @Test func `says the same to a HEAD, whatever part it asks for`() {
        let head = answer(["range": "bytes=0-1"], method: "HEAD")
        #expect(head.fields == answer().fields)
        #expect(head.body?.isEmpty == true)
    }

    @Test func `sends a part`() {
        let answer = answer(["range": "bytes=2-4"])
        #expect(answer.status == "206" && answer.body == 2..<5)
        #expect(answer.fields["content-range"] == "bytes 2-4/10")
        #expect(answer.fields["content-length"] == "3")
        #expect(answer.fields["etag"] == Self.tag)
    }

    @Test func `says how far the file reaches`() {
        let answer = answer(["range": "bytes=10-"])
        #expect(answer.status == "416" && answer.fields == ["content-range": "bytes */10"])
    }

    @Test func `sends everything where several parts are asked for`() {
        #expect(answer(["range": "bytes=0-1,4-5"]).status == "200")
    }

    @Test(
        arguments: [
            (["if-none-match": tag], "304"),
            (["if-none-match": "\"x\", W/" + tag], "304"),
            (["if-none-match": "*"], "304"),
            (["if-none-match": "\"x\""], "200"),
            (["if-none-match": "\"x\"", "if-modified-since": later], "200"),
            (["if-none-match": tag, "if-modified-since": earlier], "304"),
            (["if-modified-since": date], "304"),
            (["if-modified-since": later], "304"),
            (["if-modified-since": earlier], "200"),
            (["if-modified-since": "yesterday"], "200"),
            (["if-match": tag], "200"),
            (["if-match": "*"], "200"),
            (["if-match": "W/" + tag], "412"),
            (["if-match": "\"x\""], "412"),
            (["if-match": ""], "412"),
            (["if-match": tag, "if-unmodified-since": earlier], "200"),
            (["if-match": tag, "if-none-match": tag], "304"),
            (["if-unmodified-since": earlier], "412"),
            (["if-unmodified-since": date], "200"),
            (["if-unmodified-since": "never"], "200"),
            (["range": "bytes=0-1", "if-none-match": tag], "304"),
            (["range": "bytes=0-1", "if-range": tag], "206"),
            (["range": "bytes=0-1", "if-range": "\"x\""], "200"),
            (["range": "bytes=0-1", "if-range": "W/" + tag], "200"),
            (["range": "bytes=0-1", "if-range": tag + ", " + tag], "200"),
            (["range": "bytes=0-1", "if-range": "*"], "200"),
            (["range": "bytes=0-1", "if-range": date], "206"),
            (["range": "bytes=0-1", "if-range": later], "200"),
            (["range": "bytes=99-", "if-range": "\"x\""], "200"),
        ] as [([String: String], String)]
    )
    func `holds conditions against the file`(_ request: [String: String], _ status: String) {
        #expect(answer(request).status == status)
        #expect(answer(request, method: "HEAD").status == (status == "206" ? "200" : status))
    }

    @Test func `sends no body and no type with 304`() {
        let answer = answer(["if-none-match": "*"])
        #expect(answer.body?.isEmpty == true)
        #expect(Set(answer.fields.keys) == [":status", "date", "etag", "last-modified", "cache-control"])
    }

    @Test func `does not vouch for a file that has just changed`() {
        let fresh = Self.facts(changed: Self.now.seconds - 1)
        let tag = fresh.tag(at: Self.now)
        #expect(tag.isWeak)
        #expect(answer(["range": "bytes=0-1", "if-range": tag.description], facts: fresh).status == "200")
        #expect(answer(["range": "bytes=0-1", "if-range": Self.date], facts: fresh).status == "200")
        #expect(answer(["if-none-match": tag.description], facts: fresh).status == "304")
        // A moment later the same file has the same tag, but a strong one.
        #expect(fresh.tag(at: HTTPDate(seconds: Self.now.seconds + 10)).matchesWeakly(tag))
    }

    @Test func `tells other files apart by their tags`() {
        let tags = [Self.facts(), Self.facts(size: 11), Self.facts(inode: 2), Self.facts(changed: Self.modified + 1)]
            .map { $0.tag(at: Self.now).opaque }
        #expect(Set(tags).count == tags.count)
    }

    @Test func `never says that a file was written in the future`() {
        let now = HTTPDate(seconds: Self.modified - 100)
        #expect(Self.facts().lastModified(at: now) == now)
    }

    @Test func `has no part of an empty file`() {
        let empty = Self.facts(size: 0)
        #expect(answer(facts: empty).body?.isEmpty == true)
        #expect(answer(facts: empty).fields["content-length"] == "0")
        #expect(answer(["range": "bytes=0-"], facts: empty).status == "416")
    }
}
