import Agent
import Foundation
import Testing

@testable import osm_agent

/// States of an agent that the tests of the views share.
enum SampleViews {
    /// 2026-01-02 03:04:05 UTC.
    static let now = Date(timeIntervalSince1970: 1_767_323_045)

    static func tunnel(_ slot: Int = 0, _ change: (inout TunnelStatus) -> Void = { _ in }) -> TunnelStatus {
        var status = TunnelStatus(edge: "tunnel.example.com:8443", slot: slot)
        status.phase = .connected
        status.keyExchange = "X25519MLKEM768"
        status.roundTripMilliseconds = 12.4
        change(&status)
        return status
    }

    static func endpoint(_ change: (inout EndpointStatus) -> Void = { _ in }) -> EndpointStatus {
        var status = EndpointStatus(name: "web", kind: "http", target: "127.0.0.1:3000")
        status.state = .serving
        status.host = "demo.tunnel.example.com"
        status.url = "https://demo.tunnel.example.com"
        status.mode = "edge"
        change(&status)
        return status
    }

    static func request(
        _ path: String,
        method: String = "GET",
        status: Int = 200,
        bytes: Int = 1234,
        milliseconds: Double = 12.34
    ) throws -> RequestRecord {
        struct Written: Encodable {
            let endpoint = "web"
            let method, path: String
            let status: Int
            let request_bytes = 0
            let response_bytes: Int
            let duration_ms: Double
        }
        let written = Written(
            method: method,
            path: path,
            status: status,
            response_bytes: bytes,
            duration_ms: milliseconds
        )
        return try JSONDecoder().decode(RequestRecord.self, from: try JSONEncoder().encode(written))
    }

    /// One tunnel up and one waiting, two endpoints, four requests.
    static func busy() throws -> ViewState {
        var state = ViewState()
        state.inspector = "http://127.0.0.1:4040/#token"
        state.take(.tunnel(tunnel()), at: now)
        state.take(
            .tunnel(
                tunnel(1) {
                    $0.phase = .waiting
                    $0.problem = "The edge tunnel.example.com:8443 does not answer. Is the port filtered on the way?"
                    $0.retryInSeconds = 7.5
                }
            ),
            at: now
        )
        state.take(
            .endpoint(endpoint { $0.probe = ProbeStatus(at: now, ok: true, roundTripMilliseconds: 23) }),
            at: now
        )
        state.take(
            .endpoint(
                endpoint {
                    $0.name = "ssh"
                    $0.kind = "tcp"
                    $0.target = "127.0.0.1:22"
                    $0.host = "tunnel.example.com"
                    $0.url = "tcp://tunnel.example.com:20022"
                    $0.probe = ProbeStatus(at: now, ok: false, problem: "The service does not answer.")
                }
            ),
            at: now
        )
        state.take(.request(try request("/")), at: now)
        state.take(.request(try request("/login", method: "POST", status: 303, bytes: 0, milliseconds: 0.4)), at: now)
        state.take(.request(try request("/missing", status: 404, bytes: 9_700_000, milliseconds: 1500)), at: now)
        state.take(.request(try request("/写真/🙂", status: 0, bytes: 0, milliseconds: 30_000)), at: now)
        return state
    }
}
