import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

// The streams that the edge opens.
extension AgentTunnel {
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        if let service = raw.accept(stream, request, handler) { return service }
        if let tunnelled = request.first(":protocol"), !tunnelled.elementsEqual("websocket".utf8) {
            return accept(tunnelled, stream, request, handler)
        }
        let authority = request.first(":authority") ?? request.first("host")
        guard let host = authority.flatMap({ HostName(String(decoding: $0, as: UTF8.self)) }),
            let served = endpoints.serving(host)
        else { return answer(.misdirected, stream, request, handler) }
        if crew.probes.arrived(request) { return answer(.probe, stream, request, handler) }
        return serve(request, on: stream, handler, served.endpoint, served.origin)
    }

    private func serve(
        _ request: FieldSection,
        on stream: HTTP2Stream,
        _ handler: HTTP2Handler,
        _ endpoint: Endpoint,
        _ origin: any Origin
    ) -> any HTTP2StreamDelegate {
        let (state, label) = (crew.state, endpoint.label)
        var tunnelled = TunnelRequest(
            stream: stream,
            fields: request,
            handler: handler,
            headDeadline: crew.configuration.headDeadline,
            observe: { record in
                var record = record
                record.endpoint = label
                state.publish(.request(record))
            }
        )
        if endpoint.isInspected, let observer = crew.configuration.observer {
            tunnelled.tap = observer.began(request, ends: stream.endedWithHead, endpoint: label)
            stream.tap = tunnelled.tap
        }
        return origin.serve(tunnelled) ?? answer(.malformed, stream, request, handler)
    }

    private func accept(
        _ tunnelled: ByteBufferView,
        _ stream: HTTP2Stream,
        _ request: FieldSection,
        _ handler: HTTP2Handler
    ) -> (any HTTP2StreamDelegate)? {
        guard tunnelled.elementsEqual(TunnelConstants.controlProtocol.utf8),
            request.string(":path") == TunnelConstants.controlPath, control == nil
        else { return answer(.unsupported, stream, request, handler) }
        let control = AgentControlStream(tunnel: self, stream: stream, handler: handler)
        self.control = control
        control.begin(hello)
        return control
    }

    private func answer(
        _ answer: AgentAnswer,
        _ stream: HTTP2Stream,
        _ request: FieldSection,
        _ handler: HTTP2Handler
    ) -> any HTTP2StreamDelegate {
        answer.send(on: stream, handler, toHead: request.isHead)
        return DiscardingReader(handler)
    }
}
