import Foundation
import Testing
import TunnelProtocol

struct EnrolmentTests {
    private static let digits = String(repeating: "aZ0_-", count: 9).prefix(43)
    private static let device = "3f2b8c1e-9d4a-4c6b-8e21-5a7f0b9c2d34"

    private static func answer(
        device: String = device,
        name: String = "laptop",
        chain: [[UInt8]] = [[1], [2]]
    ) throws -> [UInt8] {
        try IssuanceJSON.bytes(
            EnrolmentAnswer(device: device, name: name, chain: chain, notAfter: "2026-01-08T00:00:00Z")
        )
    }

    // MARK: Tokens

    @Test func `a token is its prefix and 43 digits, and shows itself to nobody`() throws {
        let text = "osmi_\(Self.digits)"
        let token = try #require(EnrolmentToken(text))
        #expect(token.text == text)
        #expect("\(token) \(String(reflecting: token))" == "(secret) (secret)")
        #expect(Mirror(reflecting: token).children.isEmpty)
        let request = EnrolmentRequest(token: token, request: [1])
        #expect(!"\(request)".contains(Self.digits))
    }

    @Test(
        arguments: [
            "", "osmi_", "osmi_\(digits)a", "osmi_\(digits.dropLast())", "osmx_\(digits)", " osmi_\(digits)",
            "osmi_\(digits.dropLast())=", "osmi_\(digits.dropLast())é",
        ]
    )
    func `anything else is no token`(text: String) { #expect(EnrolmentToken(text) == nil) }

    // MARK: Documents

    @Test func `a request survives the wire, and its error does not show the token`() throws {
        let token = try #require(EnrolmentToken("osmi_\(Self.digits)"))
        let request = EnrolmentRequest(token: token, request: [0xFB, 0xFF])
        #expect(IssuanceJSON.document(EnrolmentRequest.self, from: try IssuanceJSON.bytes(request)) == request)
        let spoiled = Data(#"{"csr":"AQ==","token":"osmi_secret"}"#.utf8)
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EnrolmentRequest.self, from: spoiled)
        }
        #expect(!"\(String(describing: error))".contains("osmi_secret"))
    }

    @Test(arguments: ["", "[]", "{}", #"{"token":"osmi_x","csr":"AQ=="}"#, #"{"csr":"AQ=="}"#])
    func `what is no request is none`(text: String) {
        #expect(IssuanceJSON.document(EnrolmentRequest.self, from: text.utf8) == nil)
    }

    @Test(arguments: ["", device.uppercased(), device + "0", "3f2b8c1e9d4a4c6b8e215a7f0b9c2d34", "../../etc/passwd"])
    func `a device is a UUID in lower case`(device: String) throws {
        #expect(IssuanceJSON.document(EnrolmentAnswer.self, from: try Self.answer(device: device)) == nil)
    }

    @Test(arguments: ["", "a\nb", String(repeating: "n", count: 129)])
    func `a name is printable`(name: String) throws {
        #expect(IssuanceJSON.document(EnrolmentAnswer.self, from: try Self.answer(name: name)) == nil)
    }

    @Test func `a chain is bounded in its certificates and in its bytes`() throws {
        let half = [UInt8](repeating: 7, count: TunnelConstants.chainBytes / 2)
        let whole = try Self.answer(chain: [half, half])
        #expect(IssuanceJSON.document(EnrolmentAnswer.self, from: whole)?.chain == [half, half])
        #expect(IssuanceJSON.document(EnrolmentAnswer.self, from: try Self.answer(chain: [half, half, [1]])) == nil)
        let many = try Self.answer(chain: [[1], [2], [3], [4]])
        #expect(IssuanceJSON.document(EnrolmentAnswer.self, from: many) == nil)
    }

    // MARK: Refusals

    @Test func `a refusal is judged by its code, and by its status without one`() throws {
        let used = try IssuanceJSON.bytes(IssuanceProblem(.invitationUsed))
        #expect(IssuanceJSON.refusal(status: 500, body: used) == .invitationUsed)
        #expect(IssuanceJSON.refusal(status: 413, body: Array("too long\n".utf8)) == .requestRefused)
        #expect(IssuanceJSON.refusal(status: 502, body: Array(#"{"code":"of_tomorrow"}"#.utf8)) == .unavailable)
        #expect(IssuanceJSON.refusal(status: 302, body: []) == .unavailable)
    }
}
