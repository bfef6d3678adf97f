import NIOCore
import Testing

@testable import HTTPFields

struct FieldNameTests {
    private func entry(_ name: String) throws -> FieldSection.Entry {
        var section = FieldSection()
        section.append(name, "x")
        return try #require(section.entries.first)
    }

    @Test(arguments: FieldName.allCases.filter { $0 != .other })
    func `a name is known in any case, and whole`(name: FieldName) throws {
        let text = name.text.description
        #expect(try entry(text).name == name)
        #expect(try entry(text.uppercased()).name == name)
        #expect(try !entry(text).isAlias)
        for other in [text.dropLast() + "", text + "s", "x" + text.dropFirst(), text.dropLast() + "_"]
        where other != text {
            #expect(try entry(other).name == .other, "\(other)")
        }
    }

    @Test(arguments: FieldName.allCases.filter { $0.text.description.contains("-") })
    func `an underscore makes another name that may pass for it`(name: FieldName) throws {
        let entry = try entry(name.text.description.replacing("-", with: "_"))
        #expect(entry.name == name)
        #expect(entry.isAlias)
        var section = FieldSection()
        section.append(name.text.description.replacing("-", with: "_"), "x")
        #expect(section.first(name) == nil)
    }

    @Test(arguments: [
        "", "a", "cook_e", "x-forwarded-bore", "content-lengtg", "ho\u{17F}t", "\u{1A}ost", "a-name-of-21-characters",
        "content\rlength", "\u{1A}authority", "x-forwarded\rfor",
    ])
    func `bytes that only resemble a name are another`(name: String) throws {
        #expect(try entry(name).name == .other)
    }

    @Test(arguments: 0...20)
    func `finds what a value cannot have wherever it stands`(place: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 21)
            bytes[place] = byte
            let buffer = ByteBuffer(bytes: bytes)
            let isAllowed = byte >= 0x20 ? byte != 0x7F : byte == 0x09
            let end = FieldBytes.endOfValue(in: buffer.readableBytesSpan, from: 0, to: 21)
            #expect(end == (isAllowed ? 21 : place), "\(byte)")
            let feed = FieldBytes.lineFeed(in: buffer.readableBytesSpan, from: 0, to: 21)
            #expect(feed == (byte == 0x0A ? place : nil), "\(byte)")
        }
    }

    @Test(arguments: 0..<21)
    func `finds what is neither letter nor hyphen wherever it stands, and in the range alone`(place: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = [UInt8](repeating: UInt8(ascii: "-"), count: 21)
            bytes[place] = byte
            let buffer = ByteBuffer(bytes: bytes)
            let isLetter = byte == UInt8(ascii: "-") || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
            for (start, end) in [(0, 21), (0, 7), (3, 9), (5, 5), (12, 20)] {
                let found = FieldBytes.endOfLetters(in: buffer.readableBytesSpan, from: start, to: end)
                #expect(found == (isLetter || !(start..<end).contains(place) ? end : place), "\(byte) \(start) \(end)")
                let same = FieldBytes.first(byte, in: buffer.readableBytesSpan, from: start, to: end)
                let isEarlier = byte == UInt8(ascii: "-") && start < end
                let expected = isEarlier ? start : (start..<end).contains(place) ? place : end
                #expect(same == expected, "\(byte) \(start) \(end)")
            }
        }
    }

    @Test(arguments: 1...20)
    func `pieces that differ in one byte are not equal`(count: Int) {
        let buffer = ByteBuffer(repeating: 0x61, count: count)
        let isSame = FieldBytes.equal(buffer.readableBytesSpan, buffer.readableBytesSpan)
        #expect(isSame)
        for place in 0..<count {
            var other = buffer
            other.setInteger(UInt8(0x41), at: place)
            let isEqual = FieldBytes.equal(buffer.readableBytesSpan, other.readableBytesSpan)
            #expect(!isEqual, "\(place)")
        }
    }

    @Test func `a section is made in place`() {
        var other = FieldSection()
        other.append("X_Request-ID", "1")
        let view = ByteBuffer(string: "/a").readableBytesView
        let section = FieldSection(capacity: 100, fields: 1) { bytes, entries in
            bytes.append(.path, view, &entries)
            bytes.append(.scheme, "https", &entries)
            bytes.append(0, of: other, &entries)
            bytes.append(.forwarded, &entries) { $0.append("for=unknown") }
            bytes.append(.xRealIP, &entries) { _ in }
        }
        #expect(section.first(.path)?.equals("/a") == true && section.string(":scheme") == "https")
        #expect(section.entries[2].name == .xRequestID && section.entries[2].isAlias)
        #expect(section.string("x_request-id") == "1")
        #expect(section.string("forwarded") == "for=unknown")
        #expect(section.string("x-real-ip") == "")
    }

    @Test(arguments: [0, 1, 0xA9, 0xFFFF_FFFF_FFFF_FFFF] as [UInt64])
    func `digits are written with zeros before them`(number: UInt64) {
        let digits = String(number, radix: 16)
        let expected = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        #expect(FieldBytes.text(capacity: 16) { $0.append(16, digitsOf: number) } == expected)
        #expect(FieldBytes.text(capacity: 2) { $0.append(2, digitsOf: number) } == expected.suffix(2))
    }

    @Test(arguments: 0...17)
    func `compares to the last byte`(place: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 18)
        var other = bytes
        other[place] = UInt8(ascii: "b")
        let (one, two) = (ByteBuffer(bytes: bytes), ByteBuffer(bytes: other))
        let (equalsItself, equalsOther) = (
            FieldBytes.equal(one.readableBytesSpan, one.readableBytesSpan),
            FieldBytes.equal(one.readableBytesSpan, two.readableBytesSpan)
        )
        #expect(equalsItself && !equalsOther)
        #expect(!two.readableBytesView.equals(String(decoding: bytes, as: UTF8.self)))
    }

    @Test func `a field is copied with what is known of it`() {
        var from = FieldSection()
        from.append("X_Request-ID", "1")
        var section = FieldSection()
        section.append("a", "b")
        section.append(0, of: from)
        #expect(section.entries[1].name == .xRequestID && section.entries[1].isAlias)
        #expect(section.string("x_request-id") == "1")
    }
}
