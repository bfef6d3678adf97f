import HTTPFields
import Testing

@testable import Agent

struct VisitorMessageTests {
    @Test func `finds fields by their names without case, and keeps their order`() {
        var headers: HeaderFields = ["Accept": "a", "x": "1", "ACCEPT": "b"]
        #expect(headers["accept"] == "a" && headers.values(of: "Accept") == ["a", "b"] && headers["y"] == nil)
        #expect(headers.map(\.value) == ["a", "1", "b"])
        headers["accept"] = "c"
        #expect(headers.values(of: "accept") == ["c"] && headers.count == 2)
        headers["accept"] = nil
        #expect(headers.map(\.name) == ["x"])
    }

    @Test func `reads the body of a request that was made by hand`() async throws {
        let request = VisitorRequest(method: "POST", body: Array("hello".utf8))
        #expect(try await request.body.collect(upTo: 5) == Array("hello".utf8))
        await #expect(throws: VisitorBodyError.tooLarge) { _ = try await request.body.collect(upTo: 4) }
        #expect(try await VisitorRequest().body.collect(upTo: 0).isEmpty)
    }

    @Test(
        arguments: [
            ("x", "a\r\nb"), ("x", "a\0"), ("x", " a"), ("x", "a\t"), ("", "a"), ("x y", "a"), (":status", "200"),
            ("x\r\n", "a"), ("Connection", "close"), ("content-length", "5"), ("Transfer-Encoding", "chunked"),
            ("TE", "trailers"), ("upgrade", "websocket"), ("keep-alive", "1"), ("proxy-connection", "close"),
            ("x", String(repeating: "a", count: 33_000)),
        ]
    )
    func `refuses a field that cannot be sent`(_ name: String, _ value: String) {
        var response = VisitorResponse()
        response.headers.append(name, value)
        #expect(throws: ResponseProblem.self) { try response.head() }
    }

    @Test(arguments: [-1, 0, 100, 101, 199, 600, 1000])
    func `refuses a status that is no final one`(_ status: Int) {
        #expect(throws: ResponseProblem.status(status)) { try VisitorResponse(status: status).head() }
    }

    @Test func `refuses more fields than anybody needs`() throws {
        var response = VisitorResponse()
        for _ in 0..<VisitorResponse.mostFields { response.headers.append("x", "y") }
        #expect(try response.head().count == VisitorResponse.mostFields + 3)
        response.headers.append("x", "y")
        #expect(throws: ResponseProblem.tooLarge) { try response.head() }
    }

    @Test func `writes names in small letters, and a date unless there is one`() throws {
        var response = VisitorResponse(headers: ["X-Mine": "Yes"])
        #expect(try response.head().string("x-mine") == "Yes")
        #expect(try response.head().name(at: 1).elementsEqual("x-mine".utf8))
        #expect(try response.head().string("content-length") == "0")
        response.headers["Date"] = "then"
        #expect(try response.head().string("date") == "then")
    }
}
