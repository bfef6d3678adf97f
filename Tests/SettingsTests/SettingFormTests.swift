import Testing

@testable import Settings

struct SettingFormTests {
    @Test(arguments: [("1", 1), ("64KiB", 65_536), ("16MiB", 16_777_216), ("1GiB", 1_073_741_824), ("1025", 1025)])
    func `a size is read and written back the same`(text: String, bytes: Int) throws {
        let form = SettingForm<Int>.bytes(0...Int.max)
        #expect(try form.parse(text) == bytes)
        #expect(form.print(bytes) == text)
    }

    @Test(arguments: ["", "KiB", "-1", "+1", "1.5KiB", "1kb", "9223372036854775807GiB", "１", "1 KiB"])
    func `what is no size is refused`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingForm<Int>.bytes(0...Int.max).parse(text) }
    }

    @Test(arguments: [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("90s", 90_000)])
    func `a time is read and written back the same`(text: String, milliseconds: Int) {
        #expect(Quantity.milliseconds(text) == milliseconds)
        #expect(Quantity.time(milliseconds: milliseconds) == text)
    }

    @Test(arguments: ["", "30", "s", "1d", "-5s"])
    func `what is no time is refused`(text: String) {
        #expect(Quantity.milliseconds(text) == nil)
    }

    @Test func `a number outside its bounds is refused with the bounds`() {
        let refusal = #expect(throws: SettingRefusal.self) { try SettingForm<Int>.count(1...9).parse("10") }
        #expect(refusal?.description == "'10' is not a number from 1 to 9")
    }

    @Test(arguments: ["", "/etc/edge.pem\0.txt", "a\nb", "a\u{1B}[2J", "a\u{7F}", "a\u{9B}2J"])
    func `a text that is empty or has a control character is refused`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingForm<String>.text("file").parse(text) }
    }

    @Test func `a form with a word for nothing reads both`() throws {
        let form = SettingForm<Int>.count(1...9).orElse("auto")
        #expect(try form.parse("auto") == nil)
        #expect(try form.parse("3") == 3)
        #expect(form.print(nil) == "auto")
    }
}
