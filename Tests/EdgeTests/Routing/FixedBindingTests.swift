import Testing

@testable import Edge

struct FixedBindingTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let desktop = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"

    @Test func `reads a host and its device`() throws {
        let binding = try FixedBinding("App.Example.com=\(Self.laptop.uppercased())")
        #expect(binding.host.description == "app.example.com")
        #expect(binding.path == .root)
        #expect(binding.devices == [Self.laptop])
        #expect(!binding.isSticky)
    }

    @Test func `reads a wildcard with a path and several devices that visitors stay with`() throws {
        let binding = try FixedBinding("*.example.com/a=b/c=\(Self.laptop),\(Self.desktop);sticky")
        #expect(binding.host.description == "*.example.com")
        #expect(binding.path.text == "/a=b/c")
        #expect(binding.devices == [Self.laptop, Self.desktop])
        #expect(binding.isSticky)
    }

    @Test(
        arguments: [
            ("", .noDevice), ("app.example.com", .noDevice), ("=\(laptop)", .host), ("/api=\(laptop)", .host),
            ("*=\(laptop)", .host), ("127.0.0.1=\(laptop)", .host), ("bücher.example=\(laptop)", .host),
            ("a.example/b//c=\(laptop)", .path), ("a.example/?=\(laptop)", .path), ("a.example=", .device),
            ("a.example=laptop", .device), ("a.example=\(laptop),", .device), ("a.example= \(laptop)", .device),
            ("a.example=\(laptop),\(laptop.uppercased())", .repeatedDevice), ("a.example=\(laptop);", .option),
            ("a.example=\(laptop);Sticky", .option), ("a.example=\(laptop);sticky;sticky", .option),
        ] as [(String, FixedBinding.Refusal)]
    )
    func `says which part is wrong`(text: String, refusal: FixedBinding.Refusal) {
        #expect(throws: refusal) { try FixedBinding(text) }
    }

    @Test func `takes 64 devices and not one more`() throws {
        let devices = (100..<165).map { "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7\($0)" }
        #expect(try FixedBinding("a.example=" + devices.prefix(64).joined(separator: ",")).devices.count == 64)
        #expect(throws: FixedBinding.Refusal.deviceCount) {
            try FixedBinding("a.example=" + devices.joined(separator: ","))
        }
    }
}
