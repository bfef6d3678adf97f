import HTTPFields
import NIOCore
import Testing

@testable import Agent

struct FolderAnswerTests {
    @Test(
        arguments: [
            (FolderProblem.missing, "404", nil), (.forbidden, "403", nil), (.changed, "503", nil),
            (.exhausted, "503", "proxy_internal_error"), (.unreadable, "500", "proxy_internal_error"),
            (.folderMissing, "502", "destination_unavailable"), (.timeout, "504", "http_response_timeout"),
        ] as [(FolderProblem, String, String?)]
    )
    func `says whose fault it is`(_ problem: FolderProblem, _ status: String, _ proxyStatus: String?) {
        let message = FolderAnswer(problem).message(at: HTTPDate(seconds: 0))
        #expect(message.head.string(":status") == status)
        #expect(message.head.string("proxy-status") == proxyStatus.map { "osm-agent; error=\($0)" })
        #expect(message.head.string("content-length") == String(message.body.readableBytes))
        #expect(message.head.string("cache-control") == "no-store")
    }
}
