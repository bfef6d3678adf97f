package import FoundationEssentials

extension [FileAttributeKey: Any] {
    /// A number among what the system says of a file, whose type depends on which parts of Foundation a program links.
    package func number(_ key: FileAttributeKey) -> UInt64? {
        switch self[key] {
        case let number as UInt64: number
        case let number as UInt: UInt64(number)
        case let number as Int: UInt64(exactly: number)
        default: nil
        }
    }
}
