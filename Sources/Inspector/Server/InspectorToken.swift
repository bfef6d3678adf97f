/// The secret in the printed link: whoever has it may look in and replay requests.
///
/// Other users of the machine, and pages of other sites, can reach a loopback port; they cannot guess 128 bits.
package struct InspectorToken: Sendable, CustomStringConvertible, CustomReflectable {
    private let digits: String

    /// A new one, from the system's generator.
    package init() {
        var generator = SystemRandomNumberGenerator()
        digits = (0..<2).map { _ in
            let half = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
    }

    package var description: String { "<token>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The address that a person opens, with the token in it: for a terminal, never for a log.
    package func link(port: Int) -> String { "http://127.0.0.1:\(port)/?token=\(digits)" }

    /// Whether an `Authorization` field carries it; the time this takes says nothing about how much of it was right.
    func isIn(authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        let offered = Array(parts[1].utf8)
        let expected = Array(digits.utf8)
        guard offered.count == expected.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(offered, expected) { difference |= one ^ other }
        return difference == 0
    }
}
