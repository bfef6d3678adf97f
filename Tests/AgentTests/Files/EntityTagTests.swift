import Testing

@testable import Agent

struct EntityTagTests {
    private func tag(_ opaque: String, weak: Bool = false) -> EntityTag { EntityTag(opaque: opaque, isWeak: weak) }

    @Test func `is read as it is written`() {
        for tag in [tag("a"), tag("a", weak: true), tag(""), tag("a,b"), tag("W/")] {
            #expect(EntityTagList(tag.description.utf8) == .tags([tag]))
        }
    }

    @Test(
        arguments: [
            ("\"a\", W/\"b\",\t\"c,d\" ,,\"e\"", ["\"a\"", "W/\"b\"", "\"c,d\"", "\"e\""]),
            (",\"a\"", ["\"a\""]),
            ("\"a\" \"b", ["\"a\""]),
            ("\"a\"\"b\"", ["\"a\""]),
            ("\"a\", b, \"c\"", ["\"a\""]),
            ("a", []), ("", []), ("\"", []), ("w/\"a\"", []), ("W/ \"a\"", []), ("\"a b\"", []), ("*, \"a\"", []),
        ] as [(String, [String])]
    )
    func `reads a list up to the first that is none`(_ field: String, _ tags: [String]) {
        guard case .tags(let read) = EntityTagList(field.utf8) else {
            Issue.record("\(field) is everything")
            return
        }
        #expect(read.map(\.description) == tags)
    }

    @Test func `takes a star alone for everything`() {
        #expect(EntityTagList("*".utf8) == .any)
        #expect(EntityTagList("*".utf8).contains(tag("x")) { $0.matchesStrongly($1) })
    }

    @Test func `compares as RFC 9110, 8.8.3.2 has it`() {
        #expect(!tag("1", weak: true).matchesStrongly(tag("1", weak: true)))
        #expect(!tag("1", weak: true).matchesStrongly(tag("1")))
        #expect(tag("1").matchesStrongly(tag("1")))
        #expect(!tag("1").matchesWeakly(tag("2")))
        #expect(tag("1", weak: true).matchesWeakly(tag("1")))
    }
}
