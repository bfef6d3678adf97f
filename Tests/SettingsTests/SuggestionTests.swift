import Testing

@testable import Settings

struct SuggestionTests {
    @Test(arguments: [
        ("abc", "abc", 0), ("abc", "acb", 1), ("", "abc", 3), ("abc", "abd", 1), ("kitten", "sitting", 3),
    ])
    func `the distance of two words counts changes`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(Array(left.utf8), Array(right.utf8)) == distance)
    }

    @Test func `a word that is far from all gets no suggestion`() {
        #expect(Suggestion.nearest(to: "colour", among: ["listen", "certificate"]) == nil)
    }

    @Test func `a very long word is compared by its beginning`() {
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: ["listen"]) == nil)
    }
}
