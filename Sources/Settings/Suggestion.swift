/// Guesses what somebody meant to write.
package enum Suggestion {
    /// The candidate that is nearest to a word, when it is near at all.
    ///
    /// Near is a third of the letters, at least two; swapped neighbours count as one change.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let letters = Array(word.lowercased().utf8.prefix(longest))
        let bound = max(2, letters.count / 3)
        return
            candidates
            .map { (distance: distance(letters, Array($0.lowercased().utf8.prefix(longest))), candidate: $0) }
            .filter { $0.distance <= bound }
            .min { $0.distance < $1.distance }?
            .candidate
    }

    /// Bytes of a word that are compared, so that a long one costs no more.
    private static let longest = 64

    /// The changes between two words: insertions, deletions, replacements, swaps (Damerau and Levenshtein).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
