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
        if request.isConnect {
            if let service = raw.accept(stream, request, handler) { return service }
            if let tunnelled = request.first(.protocol), !tunnelled.elementsEqual("websocket".utf8) {
                return accept(tunnelled, stream, request, handler)
            }
        }
        guard let authority = request.first(.authority) ?? request.first(.host),
            let (served, origin) = endpoints.serving(authority)
        else { return AgentAnswer.misdirected.given(to: request, on: stream, handler) }
        if crew.probes.arrived(request) { return AgentAnswer.probe.given(to: request, on: stream, handler) }
        return crew.serving.serve(request, on: stream, handler, served.listeners, origin)
    }

    private func accept(
        _ tunnelled: ByteBufferView,
        _ stream: HTTP2Stream,
        _ request: FieldSection,
        _ handler: HTTP2Handler
    ) -> (any HTTP2StreamDelegate)? {
        guard tunnelled.elementsEqual(TunnelConstants.controlProtocol.utf8),
            request.string(":path") == TunnelConstants.controlPath, control == nil
        else { return AgentAnswer.unsupported.given(to: request, on: stream, handler) }
        let control = AgentControlStream(tunnel: self, stream: stream, handler: handler)
        self.control = control
        control.begin(hello)
        return control
    }
}
