import FoundationEssentials

/// Bytes as JSON can carry them: as text where they are text.
struct ShownBytes {
    let encoding: ContentEncoding
    let content: String

    /// - Parameters:
    ///   - bytes: What is shown.
    ///   - isText: Whether they may be text.
    ///   - isCut: Whether more followed, so that the last character may be incomplete.
    init(_ bytes: [UInt8], isText: Bool, isCut: Bool) {
        let whole = isCut ? bytes.dropLast(Self.incompleteEnd(bytes)) : bytes[...]
        if isText, !whole.contains(0), let text = String(validating: whole, as: UTF8.self) {
            encoding = .text
            content = text
        } else {
            encoding = .base64
            content = Data(bytes).base64EncodedString()
        }
    }

    /// How many bytes at the end begin a character without ending it.
    private static func incompleteEnd(_ bytes: [UInt8]) -> Int {
        for (count, byte) in bytes.reversed().prefix(3).enumerated() {
            switch byte {
            case 0x80...0xBF: continue
            case 0xC0...0xDF: return count + 1 < 2 ? count + 1 : 0
            case 0xE0...0xEF: return count + 1 < 3 ? count + 1 : 0
            case 0xF0...0xFF: return count + 1
            default: return 0
            }
        }
        return 0
    }
}
