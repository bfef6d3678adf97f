import Testing
import TunnelProtocol

struct GoAwayNoticeTests {
    @Test(arguments: GoAwayNotice.Code.allCases)
    func `a notice survives the wire`(code: GoAwayNotice.Code) {
        let notice = GoAwayNotice(code, message: "Why.", retryAfterSeconds: 5)
        #expect(GoAwayNotice(debugData: notice.json.utf8) == notice)
        #expect(notice.json.utf8.count <= TunnelConstants.debugDataBytes)
    }

    @Test(
        arguments: [
            "", "too many pings", "{}", "[]", #"{"code":"moon_phase","message":"m"}"#, #"{"code":"draining"}"#,
            #"{"code":"draining","message":"a\nb"}"#, #"{"code":"draining","message":"m","retry_after_seconds":-1}"#,
            #"{"code":"draining","message":"m","retry_after_seconds":86401}"#,
        ]
    )
    func `other debug data is no notice`(debugData: String) {
        #expect(GoAwayNotice(debugData: debugData.utf8) == nil)
    }

    @Test func `a notice longer than the limit is not read`() {
        let notice = #"{"code":"draining","message":"m"}"#
        let padding = String(repeating: " ", count: TunnelConstants.debugDataBytes - notice.utf8.count)
        #expect(GoAwayNotice(debugData: (notice + padding).utf8) != nil)
        #expect(GoAwayNotice(debugData: (notice + padding + " ").utf8) == nil)
    }

    @Test func `only what dialling again cannot change is permanent`() {
        let passing = GoAwayNotice.Code.allCases.filter { !$0.isPermanent }
        #expect(passing == [.draining, .overloaded, .protocolError, .controlTimeout])
    }
}
