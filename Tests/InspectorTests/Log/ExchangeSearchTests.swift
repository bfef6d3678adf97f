import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct ExchangeSearchTests {
    private let log = ExchangeLog(pace: .zero)

    init() {
        log.pass(.request("GET", "/plain"))
        log.pass(
            .request("POST", "/orders?token=hush-query", ["authorization": "Bearer hush-field", "x-Kind": "Rare"]),
            #"{"Item": "Teapot", "password": "hush-body"}"#,
            .response(404, ["set-cookie": "id=hush-cookie; Path=/"]),
            "no such teapot"
        )
    }

    @Test(arguments: [
        "post", "ORDERS", "404", "x-kind: rare", "rare", "teapot", "\"item\": \"tea", "such", "path=/",
        "token=[redacted]",
    ])
    func `finds what can be seen`(text: String) {
        #expect(log.search(text).map(\.id) == [2])
    }

    @Test(arguments: ["hush", "hush-query", "hush-field", "hush-body", "hush-cookie", "nowhere", "teapott"])
    func `finds nothing that cannot be seen`(text: String) {
        #expect(log.search(text).isEmpty)
    }

    @Test func `finds everything when nothing is asked`() {
        #expect(log.search("").map(\.id) == [1, 2])
    }

    @Test func `finds secrets where they are shown`() {
        let log = ExchangeLog(redaction: .nothing)
        log.pass(.request("GET", "/?token=hush"))
        #expect(log.search("HUSH").map(\.id) == [1])
    }

    @Test func `finds what a message says`() {
        let recorder = log.record(endpoint: "live", request: .request())
        recorder.sends(head: .response(200, ["content-type": "text/event-stream"]))
        recorder.sends(ByteBuffer(string: "data: {\"secret\": \"hush\", \"word\": \"lantern\"}\n\n"))
        #expect(log.search("lantern").map(\.id) == [recorder.id])
        #expect(log.search("hush").isEmpty)
    }

    @Test func `does not look into what is compressed`() {
        log.pass(.request(), nil, .response(200, ["content-encoding": "br"]), "zebra")
        #expect(log.search("zebra").isEmpty)
    }
}
