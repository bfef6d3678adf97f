import NIOCore
import Testing
import TunnelProtocol

struct ControlMessagesTests {
    private static let hello = Hello(agent: "osm-agent/0.1.0", instance: "9f86d081884c7d65", epoch: 42, slot: 1)

    static let agentMessages: [AgentMessage] = [
        .hello(hello),
        .register(Register(ref: 0, kind: "http", host: nil)),
        .register(Register(ref: TunnelConstants.largestReference, kind: "http", host: "app.example.com")),
        .unregister(Unregister(binding: "b1")),
        .renew(Renew(request: [1])),
        .renew(Renew(request: [UInt8](repeating: 0xFB, count: TunnelConstants.requestBytes))),
        .heartbeat(Beat(seq: 0)),
        .ack(Beat(seq: TunnelConstants.largestInteger)),
    ]

    static let edgeMessages: [EdgeMessage] = [
        .welcome(
            Welcome(edge: "osm-proxy/1", epoch: 42, baseDomain: "t.example", keyExchange: "X25519", client: "[::1]:4")
        ),
        .registered(Registered(ref: 1, binding: "b1", host: "a.t.example", url: "https://a.t.example", mode: "edge")),
        .refused(Refused(ref: 1, code: .nameTaken)),
        .refused(Refused(ref: nil, code: .unsupportedProtocol)),
        .renewed(Renewed(chain: [[1, 2, 3], [4]])),
        .renewed(Renewed(chain: [[UInt8](repeating: 0xFF, count: 4000), [UInt8](repeating: 0, count: 4000)])),
        .renewalRefused(RenewalRefused(.tooMany, retryAfterSeconds: 60)),
        .heartbeat(Beat(seq: 1)),
        .ack(Beat(seq: 1)),
        .drain(Drain(deadlineSeconds: 30)),
        .superseded(Superseded(epoch: 43, instance: "0123456789abcdef")),
    ]

    private func decode<Message: ControlMessage>(_ line: ByteBuffer, as: Message.Type) throws -> [Message] {
        var decoder = ControlDecoder<Message>()
        return try decoder.feed(line)
    }

    private func refuses(_ text: String) -> Bool {
        do {
            _ = try decode(ByteBuffer(string: "\(text)\n"), as: AgentMessage.self)
            return false
        } catch {
            return true
        }
    }

    @Test(arguments: agentMessages)
    func `an agent's message survives the wire`(message: AgentMessage) throws {
        #expect(try decode(message.line, as: AgentMessage.self) == [message])
    }

    @Test(arguments: edgeMessages)
    func `an edge's message survives the wire`(message: EdgeMessage) throws {
        #expect(try decode(message.line, as: EdgeMessage.self) == [message])
    }

    @Test(arguments: RegistrationRefusal.allCases)
    func `each refusal survives the wire with its sentence`(code: RegistrationRefusal) throws {
        let message = EdgeMessage.refused(Refused(ref: 3, code: code))
        #expect(try decode(message.line, as: EdgeMessage.self) == [message])
    }

    @Test(arguments: IssuanceRefusal.allCases)
    func `each refusal of a renewal survives the wire with its sentence`(code: IssuanceRefusal) throws {
        let message = EdgeMessage.renewalRefused(RenewalRefused(code))
        #expect(try decode(message.line, as: EdgeMessage.self) == [message])
    }

    @Test func `a refusal of a renewal has no ref, and its code is none of a registration`() throws {
        let line = #"{"code":"too_many","message":"m","ref":1,"type":"refused"}"#
        let other = try decode(ByteBuffer(string: "\(line)\n"), as: EdgeMessage.self)
        var refused = Refused(ref: 1, code: .overloaded)
        refused.message = "m"
        refused.retryAfterSeconds = nil
        #expect(other == [.refused(refused)])
        let renewals = Set(IssuanceRefusal.allCases.map(\.rawValue))
        #expect(renewals.isDisjoint(with: RegistrationRefusal.allCases.map(\.rawValue)))
    }

    @Test(arguments: ["", "AA=", "AAAA\\n", "A A=", "_-8=", String(repeating: "A", count: 5464)])
    func `a request that is not base64 of its size is refused`(text: String) {
        #expect(refuses(#"{"csr":"\#(text)","type":"renew"}"#))
    }

    @Test(arguments: [#"[]"#, #"["AQ==","AQ==","AQ==","AQ=="]"#, #"["AQ==",""]"#, #""AQ==""#, #"[1]"#])
    func `a chain is one to three certificates`(chain: String) {
        #expect(throws: ControlError.missingMember) {
            try decode(ByteBuffer(string: #"{"chain":\#(chain),"type":"renewed"}"# + "\n"), as: EdgeMessage.self)
        }
    }

    @Test func `a line is one object with sorted members and one newline`() {
        let line = AgentMessage.register(Register(ref: 1, kind: "http", host: "a/b\nc")).line
        #expect(String(buffer: line) == #"{"host":"a/b\nc","kind":"http","ref":1,"type":"register"}"# + "\n")
    }

    @Test func `a message of one side means nothing to the other`() throws {
        #expect(try decode(AgentMessage.hello(Self.hello).line, as: EdgeMessage.self).isEmpty)
        #expect(try decode(EdgeMessage.drain(Drain(deadlineSeconds: 1)).line, as: AgentMessage.self).isEmpty)
    }

    private static func hello(_ change: (member: String, value: String)) -> String {
        var members = [
            "type": #""hello""#, "protocol": "1", "agent": #""a""#, "instance": #""0123456789abcdef""#, "epoch": "1",
            "slot": "0",
        ]
        members[change.member] = change.value
        return "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
    }

    @Test(
        arguments: [
            ("protocol", "2"), ("agent", "\"\(String(repeating: "x", count: 128))\""), ("slot", "63"), ("epoch", "0"),
            ("epoch", "9007199254740991"),
        ]
    )
    func `a hello may go to its bounds`(member: String, value: String) {
        #expect(!refuses(Self.hello((member, value))))
    }

    @Test(
        arguments: [
            ("protocol", "0"), ("protocol", "-1"), ("protocol", "\"1\""), ("agent", "\"\""), ("agent", #""a\u0000""#),
            ("agent", #""\u001b[2J""#), ("agent", "\"ä\""), ("agent", "\"\(String(repeating: "x", count: 129))\""),
            ("instance", "\"0123456789abcde\""), ("instance", "\"0123456789ABCDEF\""),
            ("instance", "\"0123456789abcdefg\""),
            ("epoch", "-1"), ("epoch", "9007199254740992"), ("slot", "-1"), ("slot", "64"), ("slot", "0.5"),
        ]
    )
    func `a hello may not go past its bounds`(member: String, value: String) {
        #expect(refuses(Self.hello((member, value))))
    }

    @Test func `a refusal code of a later edge is one that passes`() throws {
        let line = #"{"type":"refused","ref":1,"code":"moon_phase","message":"Wait."}"# + "\n"
        guard case .refused(let refused) = try decode(ByteBuffer(string: line), as: EdgeMessage.self).first else {
            Issue.record("no refusal")
            return
        }
        #expect(refused.code == .overloaded && !refused.code.isPermanent && refused.message == "Wait.")
    }

    @Test func `no count of seconds is longer than a day`() {
        var decoder = ControlDecoder<EdgeMessage>()
        let line = ByteBuffer(string: #"{"type":"drain","deadline_seconds":9223372036854775807}"# + "\n")
        #expect(throws: ControlError.missingMember) { try decoder.feed(line) }
    }
}
