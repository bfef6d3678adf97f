/// Names that nobody can guess.
enum RandomDigits {
    /// So many hexadecimal digits, of four bits each.
    static func hexadecimal(_ count: Int) -> String {
        String((0..<count).compactMap { _ in "0123456789abcdef".randomElement() })
    }
}
