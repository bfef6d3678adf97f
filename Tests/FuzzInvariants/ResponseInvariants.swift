#if DEBUG || FUZZING
import HTTP1
import HTTPFields

@testable import Edge

/// What comes back through a tunnel is the agent's own word only when it is that to the byte, and goes on as HTTP/2.
enum ResponseInvariants {
    private static let words = [
        "connection_refused", "destination_ip_unroutable", "dns_error", "http_response_timeout", "connection_timeout",
        "connection_terminated", "http_response_incomplete", "http_protocol_error",
    ]

    static func tunnelResponse(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        if let failure = EdgeFailure(answeredByAgent: fields) {
            let first = fields.values("proxy-status").first ?? []
            let isAgents = words.contains { first == Array("osm-agent; error=\($0)".utf8) }
            try require(isAgents, "another's word is taken for the agent's")
            try require(failure.hop == .origin, "an agent speaks for another hop")
        }
        try checkFinal(fields)
        let interim: FieldSection
        do throws(HTTP1Error) { interim = try HTTP2ResponseFields.interim(103, fields) } catch { return }
        try checkFields(interim, status: 103)
        try require(interim.first("content-length") == nil, "an interim response has a length")
    }

    private static func checkFinal(_ fields: FieldSection) throws {
        let final: FieldSection
        do throws(HTTP1Error) { final = try HTTP2ResponseFields.final(204, fields, requestID: "r1") } catch { return }
        try checkFields(final, status: 204)
        try require(final.values("x-request-id") == [Array("r1".utf8)], "an origin says which request it answers")
        try require(final.first("content-length") == nil, "a response without a body has a length")
    }

    private static func checkFields(_ fields: FieldSection, status: Int) throws {
        try fields.requireCleanFields()
        for index in fields.entries.indices {
            let isPseudo = fields.name(at: index).first == UInt8(ascii: ":")
            try require(isPseudo == (index == 0), "a pseudo-header field is passed on")
            try require(!HopByHop.isConnectionSpecific(fields, at: index), "a field of one hop is passed on")
            let isSmall = fields.name(at: index).allSatisfy { $0.lowercasedASCII == $0 }
            try require(isSmall, "a name has capitals")
        }
        try require(fields.values(":status") == [Array(String(status).utf8)], "another status is passed on")
    }
}
#endif
