import HTTPFields
import NIOCore
import Testing

@testable import Edge

/// Fields that a visitor writes as it likes, damaged at random: the edge reads them within bounds or not at all.
struct DamagedFieldTests {
    private static let rounds = 1000
    private static let delicate = Array("\r\n\0\t :;,=\"\\-_[]0fFg.*@".utf8) + [0x7F, 0x80, 0xFF]

    /// The same numbers in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        }

        /// The text with up to four bytes replaced, put in or taken out.
        mutating func damaged(_ text: String) -> ByteBufferView {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &self) {
                guard let place = bytes.indices.randomElement(using: &self),
                    let byte = DamagedFieldTests.delicate.randomElement(using: &self)
                else { break }
                switch Int.random(in: 0..<3, using: &self) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            return ByteBuffer(bytes: bytes).readableBytesView
        }
    }

    @Test(arguments: [
        "for=192.0.2.43;proto=https;by=203.0.113.60;host=a.example", "for=\"[2001:db8::17]:4711\", for=unknown",
        "for=\"_gazonk\";host=\"a.example:8080\";ext=\"a \\\"b\\\" c\"", ",,for=_x;;proto=http,",
        String(repeating: "for=1.2.3.4,", count: 32),
    ])
    func `a damaged Forwarded is read within bounds`(_ text: String) throws {
        var numbers = Numbers(state: 20_261_121)
        for _ in 0..<Self.rounds {
            let value = numbers.damaged(text)
            let elements = ForwardedElement.list(value) ?? []
            #expect(elements.count <= ForwardedClaim.maximumHops)
            let words = elements.flatMap { [$0.node, $0.proto, $0.host] }.compactMap(\.self)
            let isPrintable = words.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
            #expect(isPrintable, "\(words)")
        }
    }

    @Test func `what a damaged trace becomes is a trace that reads as itself`() throws {
        var numbers = Numbers(state: 20_261_122)
        for _ in 0..<Self.rounds {
            var fields = FieldSection()
            fields.append("traceparent", numbers.damaged("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
            fields.append("tracestate", numbers.damaged("rojo=00f067aa0ba902b7,congo@x=t61rc,k/*-_=v v"))
            let context = TraceContext(fields: fields, using: &numbers)
            #expect(context.traceID != 0 && context.parentID != 0)
            let passed = context.fields
            let again = TraceContext(fields: passed, using: &numbers)
            #expect(again.traceID == context.traceID && again.state == context.state)
            #expect(again.flags == context.flags && passed.string("traceparent")?.utf8.count == 55)
        }
    }
}
