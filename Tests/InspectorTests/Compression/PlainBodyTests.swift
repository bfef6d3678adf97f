import Foundation
import HTTPFields
import NIOCore
import Testing

@testable import Inspector

/// The vectors were made by zlib.
struct PlainBodyTests {
    private static let text =
        #"{"user":"ada","password":"hush","words":["#
        + (0..<60).map { "\"w\($0 * $0 % 97)\"" }.joined(separator: ",") + "]}"

    private static let gzip =
        "H4sICAAAAAAC/25hbWUudHh0AE2OOw6DMBBE77J1imDjD1wlSoFEJLpEWIgiyt3DvimgGa3Hs2/2a1t7rTbaNE92s8"
        + "/U2v5e58NYtrYcjr+ajQ/b7/7qXHqXgWd2Dck1Mvf4mUglHYlg9MW1BBz+SGTmQRTiRWX4CWcQXdW6Qj5OIl+BgQk0"
        + "VZxEJACrOk+HkeyYK/isErYi+U5MmuirLBUwRXO86OVXSW3lkyWuOtR3dD9/f3/tJHeJAQAA"
    private static let fixed =
        "eAGrViotTi1SslJKTElU0lEqSCwuLs8vSgEKZJQWZwBFQLxiJatopXIDEM8QRJiACEsw1wxEGpmCSGMw2wQsbgZWYg"
        + "FWbQxWAhYwMQeR5kZgEbAcWIUZmG0JMQWs3BxiGVjcFCxiCTEdYjXEFRBxsIgpWL0F2DCwMUZgmyzAIqZgJUZgwywg"
        + "zoM4DKzSEMy2ABtvBrEErMsYrN4QYibYJrB9FmBN5mBjzCFsYyQSSRaiEqLLDGEWxFyIHRD7gHbH1gIA5fxbLw=="
    private static let stored =
        "AYkBdv57InVzZXIiOiJhZGEiLCJwYXNzd29yZCI6Imh1c2giLCJ3b3JkcyI6WyJ3MCIsIncxIiwidzQiLCJ3OSIsIn"
        + "cxNiIsIncyNSIsInczNiIsInc0OSIsInc2NCIsInc4MSIsInczIiwidzI0IiwidzQ3IiwidzcyIiwidzIiLCJ3MzEi"
        + "LCJ3NjIiLCJ3OTUiLCJ3MzMiLCJ3NzAiLCJ3MTIiLCJ3NTMiLCJ3OTYiLCJ3NDQiLCJ3OTEiLCJ3NDMiLCJ3OTQiLC"
        + "J3NTAiLCJ3OCIsInc2NSIsIncyNyIsInc4OCIsInc1NCIsIncyMiIsInc4OSIsInc2MSIsInczNSIsIncxMSIsInc4"
        + "NiIsInc2NiIsInc0OCIsInczMiIsIncxOCIsInc2IiwidzkzIiwidzg1Iiwidzc5Iiwidzc1IiwidzczIiwidzczIi"
        + "widzc1Iiwidzc5Iiwidzg1IiwidzkzIiwidzYiLCJ3MTgiLCJ3MzIiLCJ3NDgiLCJ3NjYiLCJ3ODYiXX0="

    private func bytes(_ base64: String) throws -> [UInt8] { Array(try #require(Data(base64Encoded: base64))) }

    @Test(arguments: [(gzip, "gzip"), (fixed, "deflate"), (stored, "deflate")])
    func `undoes what zlib did`(base64: String, coding: String) throws {
        let plain = try #require(PlainBody(try bytes(base64), coding: coding))
        #expect(String(decoding: plain.bytes, as: UTF8.self) == Self.text && !plain.isCut)
    }

    @Test func `shows as much as there is`() throws {
        let compressed = try bytes(Self.gzip)
        for length in compressed.indices {
            guard let plain = PlainBody(Array(compressed.prefix(length)), coding: "gzip") else { continue }
            #expect(Self.text.utf8.starts(with: plain.bytes))
            // Behind the last block there are only the checksum and the length.
            #expect(plain.isCut == (length < compressed.count - 8))
        }
    }

    @Test func `shows no more than a bounded part of a bomb`() throws {
        // In fixed codes: one zero, and copies of 258 bytes from one byte before.
        var bits = "110" + "00110000"
        bits += String(repeating: "11000101" + "00000", count: 5000)
        let padded = bits + String(repeating: "0", count: (8 - bits.count % 8) % 8)
        let digits = Array(padded)
        let bomb = stride(from: 0, to: digits.count, by: 8).map { start in
            (0..<8).reduce(UInt8(0)) { $0 | (digits[start + $1] == "1" ? 1 << UInt8($1) : 0) }
        }
        let plain = try #require(PlainBody(bomb, coding: "deflate"))
        #expect(plain.bytes.count == PlainBody.limit && plain.isCut)
    }

    @Test(arguments: ["", "a", "\u{1F}\u{8B}", "no gzip at all"])
    func `says nothing of what is not compressed`(text: String) {
        #expect(PlainBody(Array(text.utf8), coding: "gzip") == nil)
        #expect(PlainBody(Array(text.utf8), coding: "br") == nil)
    }

    @Test func `takes secrets out of compressed bodies`() throws {
        let log = ExchangeLog()
        let recorder = log.record(endpoint: "web", request: .request())
        recorder.sends(head: .response(200, ["content-encoding": "gzip", "content-type": "application/json"]))
        recorder.sends(ByteBuffer(bytes: try bytes(Self.gzip)))
        let body = try #require(log.detail(of: recorder.id)?.response.body)
        #expect(body.content == Self.text.replacing("hush", with: Redaction.mark))
        #expect(body.encoding == .text && body.contentCoding == "gzip" && !body.truncated)
    }
}
