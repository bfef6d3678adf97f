import Cryptography
import Testing

struct SerialNumberTests {
    @Test func `is 128 random bits`() throws {
        let serials = try (0..<64).map { _ in try SerialNumber.random() }
        #expect(Set(serials).count == 64)
        #expect(serials.allSatisfy { $0.bytes.count == 16 && $0.description.count == 32 })
    }

    @Test(arguments: [("0a:ff", "0aff"), ("0AFF", "0aff"), ("aff", "0aff"), ("0000ff", "ff")])
    func `reads what people paste`(text: String, canonical: String) throws {
        #expect(SerialNumber(text)?.description == canonical)
    }

    @Test(arguments: ["", "0", "00", "xyz", "-1", "0x0a", String(repeating: "f", count: 42), "\u{ff11}"])
    func `refuses what is no serial number`(text: String) { #expect(SerialNumber(text) == nil) }
}
