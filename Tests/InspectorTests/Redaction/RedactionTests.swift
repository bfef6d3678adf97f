import Testing

@testable import Inspector

struct RedactionTests {
    private func field(_ name: String, _ value: String, _ redaction: Redaction = .secrets) -> String {
        redaction.value(Array(value.utf8), ofField: name.utf8).text
    }

    private func target(_ target: String) -> String { Redaction.secrets.target(Array(target.utf8)).text }

    private func json(_ body: String) -> String {
        Redaction.secrets.body(Array(body.utf8), contentType: "application/json").text
    }

    // MARK: Fields

    @Test(arguments: [
        ("authorization", "Bearer abc.def", "Bearer [redacted]"),
        ("Authorization", "Basic dTpw", "Basic [redacted]"),
        ("authorization", "hush hush", "[redacted]"),
        ("proxy-authorization", "Digest username=\"u\"", "Digest [redacted]"),
        ("cookie", "a=1; b=2;c", "a=[redacted]; b=[redacted];[redacted]"),
        ("cookie", "hush", "[redacted]"),
        ("set-cookie", "id=hush; Path=/; Secure", "id=[redacted]; Path=/; Secure"),
        ("x-api-key", "hush", "[redacted]"),
        ("X_CSRF_Token", "hush", "[redacted]"),
        ("x-hub-signature-256", "sha256=hush", "[redacted]"),
        ("x-amz-security-token", "hush", "[redacted]"),
        (
            "location", "https://a.example/cb?state=1&access_token=hush#top",
            "https://a.example/cb?state=1&access_token=[redacted]#top"
        ),
        ("location", "/cb#access_token=hush&token_type=x", "/cb#access_token=[redacted]&token_type=[redacted]"),
        ("referer", "/a?password=x?y", "/a?password=[redacted]"),
        ("accept", "text/html", "text/html"),
        ("authorization", "", ""),
        ("x-request-id", "abc", "abc"),
    ])
    func `takes secrets out of fields and leaves the rest`(name: String, value: String, shown: String) {
        #expect(field(name, value) == shown)
        #expect(field(name, value, .nothing) == value)
    }

    // MARK: Parameters

    @Test(arguments: [
        ("/", "/"), ("/a?b=c", "/a?b=c"), ("/token=1", "/token=1"),
        ("/a?token=hush&b=c", "/a?token=[redacted]&b=c"),
        ("/a?b=c&X-Amz-Signature=hush", "/a?b=c&X-Amz-Signature=[redacted]"),
        ("/a?pass%77ord=hush", "/a?pass%77ord=[redacted]"),
        ("/a?client_secret=a;b", "/a?client_secret=[redacted]"),
        ("/a?b=c;sig=hush", "/a?b=c;sig=[redacted]"),
        ("/a?b?token=hush", "/a?b?token=[redacted]"), ("/a?token", "/a?token"), ("/a?token=", "/a?token="),
        ("/a?%=%&%7", "/a?%=%&%7"),
    ])
    func `takes secrets out of targets`(path: String, shown: String) {
        #expect(target(path) == shown)
    }

    @Test func `takes secrets out of forms`() {
        let body = Redaction.secrets.body(
            Array("user=a&password=hush#hush;hush&remember=on".utf8),
            contentType: "Application/X-WWW-Form-URLEncoded; charset=utf-8"
        )
        #expect(body.text == "user=a&password=[redacted]&remember=on")
    }

    @Test func `takes secrets out of multipart bodies`() {
        let body = [
            "--xyz", "Content-Disposition: form-data; name=\"user\"", "", "password=x", "--xyz",
            "Content-Disposition: form-data; name=\"password\"", "", "hush", "--hush", "--xyz",
            "Content-Disposition: form-data; name=\"note\"", "", "fine", "--xyz--", "",
        ].joined(separator: "\r\n")
        for preamble in ["", "A preamble.\r\n"] {
            let shown = Redaction.secrets.body(Array((preamble + body).utf8), contentType: "multipart/form-data").text
            #expect(shown == preamble + body.replacing("hush\r\n--hush", with: "[redacted]"))
        }
    }

    // MARK: Members of JSON

    @Test(arguments: [
        (#"{"user":"a","password":"hush","n":1}"#, #"{"user":"a","password":"[redacted]","n":1}"#),
        (#"{"Access_Token" : "hu\"sh\\", "b": 2}"#, #"{"Access_Token" : "[redacted]", "b": 2}"#),
        (#"{"apiKey":12345,"b":2}"#, #"{"apiKey":"[redacted]","b":2}"#),
        (#"{"secret":{"a":["}",{}]},"b":2}"#, #"{"secret":"[redacted]","b":2}"#),
        (#"{"tokens":["a]","b"],"b":2}"#, #"{"tokens":"[redacted]","b":2}"#),
        (#"{"token":null,"password":true}"#, #"{"token":null,"password":true}"#),
        (#"{"pass\u0077ord":"hush"}"#, #"{"pass\u0077ord":"[redacted]"}"#),
        (#"{"password":"cut off he"#, #"{"password":"[redacted]""#),
        (#"{"secret":{"a":"cut off"#, #"{"secret":"[redacted]""#),
        (#"{"a":"token: \"b\": c"}"#, #"{"a":"token: \"b\": c"}"#),
        (#"5" wide {"password":"hush"}"#, #"5" wide {"password":"[redacted]"}"#),
        (#"{"body":"{\"token\":\"hu\\\"sh\",\"b\":1}"}"#, #"{"body":"{\"token\":\"[redacted]\",\"b\":1}"}"#),
        (#"{"body":"{\"otp\":123456}"}"#, #"{"body":"{\"otp\":\"[redacted]\"}"}"#),
        (#"{"body":"{\"token\":\n \"hush\"}"}"#, #"{"body":"{\"token\":\n \"[redacted]\"}"}"#),
        (#"{"password":}"#, #"{"password":}"#), (#"{"password":"#, #"{"password":"#), (":\"::", ":\"::"), ("", ""),
    ])
    func `takes secrets out of JSON, whole or not`(body: String, shown: String) {
        #expect(json(body) == shown)
    }

    @Test func `takes secrets out of events that carry JSON`() {
        let shown = Redaction.secrets.body(
            Array("data: {\"id_token\":\"hush\"}\n\ndata: {\"a\":1}\n\n".utf8),
            contentType: "text/event-stream"
        )
        #expect(shown.text == "data: {\"id_token\":\"[redacted]\"}\n\ndata: {\"a\":1}\n\n")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["\"password\":", "\\\"", "\"token\":[", ":\"", "\":\\", "--\r\n\r\nname=\"a"]
    )
    func `takes no long time over hostile bodies`(part: String) {
        let body = Array(String(repeating: part, count: (64 << 10) / part.utf8.count).utf8)
        for type in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"] {
            #expect(Redaction.secrets.body(body, contentType: type).shown.count <= 16 * body.count)
        }
    }

    // MARK: Names

    @Test(arguments: ["cookie", "Auth", "api_key", "clientSecret", "X-Amz-Credential", "JSESSIONID", "jwt", "otp"])
    func `knows the names of secrets`(name: String) {
        #expect(SecretName.matches(name.utf8))
    }

    @Test(arguments: ["cookies-accepted", "author", "key", "compass", "design", "spinner", "code", ""])
    func `knows other names from those of secrets`(name: String) {
        #expect(!SecretName.matches(name.utf8))
    }

    @Test func `takes an endless name for a secret`() {
        #expect(SecretName.matches(String(repeating: "a", count: 10_000).utf8))
    }

    // MARK: Putting back

    @Test(arguments: [
        (#"{"password":"[redacted]","b":1}"#, #"{"password":"hush","b":1}"#),
        (#"{"b":2,"password":"[redacted]"}"#, #"{"b":2,"password":"hush"}"#),
        (#"{"password":"other","b":1}"#, #"{"password":"other","b":1}"#),
    ])
    func `puts a secret back behind its mark`(edited: String, restored: String) throws {
        let redacted = Redaction.secrets.body(Array(#"{"password":"hush","b":1}"#.utf8), contentType: "")
        let bytes = try #require(redacted.restored(Array(edited.utf8)))
        #expect(String(decoding: bytes, as: UTF8.self) == restored)
    }

    @Test(arguments: [#"{"a":"[redacted]","password":"[redacted]"}"#, "[redacted]"])
    func `puts nothing back where marks are others`(edited: String) {
        let redacted = Redaction.secrets.body(Array(#"{"password":"hush","b":1}"#.utf8), contentType: "")
        #expect(redacted.restored(Array(edited.utf8)) == nil)
    }
}
