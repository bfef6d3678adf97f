import FoundationEssentials
import Testing

@testable import Settings

struct FileNumberTests {
    @Test func `a number is found whatever type it has`() throws {
        let numbers: [any Sendable] = [UInt(5), UInt64(5), 5]
        for number in numbers {
            let attributes: [FileAttributeKey: Any] = [.size: number]
            #expect(attributes.number(.size) == 5)
        }
        let attributes: [FileAttributeKey: Any] = [.size: "5", .systemNumber: -1]
        #expect(attributes.number(.size) == nil)
        #expect(attributes.number(.systemNumber) == nil)
        #expect(attributes.number(.posixPermissions) == nil)
    }

    @Test func `of a real file both size and mode are known`() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: #filePath)
        #expect(try #require(attributes.number(.size)) > 100)
        #expect(try #require(attributes.number(.posixPermissions)) & 0o400 != 0)
    }
}
