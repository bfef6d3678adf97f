/// How many bytes an edge may send to a visitor's address, which may be forged.
///
/// A pure value; the rule is that of the yellow paper, 9.2, after RFC 9000, 8.1.
struct AddressCredit {
    /// To an address that has not been seen to answer, so many times what came from it.
    static let factor = 3
    /// To one that has, so many bytes until it is heard of again.
    static let bytesUnheard = 4 * 1024 * 1024

    private var received = 0
    private var sent = 0
    private var sentUnheard = 0
    private(set) var isProven = false

    /// A datagram came from the address.
    mutating func heard(_ bytes: Int) {
        if sent > 0 { isProven = true }
        received += bytes
        sentUnheard = 0
    }

    /// Takes what a datagram costs; false when the address has not earned it.
    mutating func spend(_ bytes: Int) -> Bool {
        let isEarned =
            isProven ? sentUnheard + bytes <= Self.bytesUnheard : sent + bytes <= Self.factor * received
        guard isEarned else { return false }
        sent += bytes
        sentUnheard += bytes
        return true
    }
}
