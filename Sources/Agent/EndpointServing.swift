import HTTP2
import HTTPFields
import NIOCore

/// Hands requests to the origins behind the endpoints, seen by whoever looks on, and says what came of each.
final class EndpointServing: Sendable {
    let state: AgentState
    /// Nil for nobody.
    let observer: (any ExchangeObserver)?
    let headDeadline: TimeAmount

    init(state: AgentState, observer: (any ExchangeObserver)?, headDeadline: TimeAmount) {
        self.state = state
        self.observer = observer
        self.headDeadline = headDeadline
    }

    /// Who is told of the requests to an endpoint.
    func listeners(of endpoint: Endpoint) -> EndpointListeners {
        let (state, label) = (state, endpoint.label)
        return EndpointListeners(
            label: label,
            observer: endpoint.isInspected ? observer : nil,
            observe: { progress in
                guard state.hasRequestReaders else { return }
                state.publish(.request(RequestRecord(progress, endpoint: label)))
            },
            observeOrigin: { state.originHeard($0, of: endpoint) }
        )
    }

    /// Serves one stream.
    ///
    /// - Parameters:
    ///   - request: Its head.
    ///   - stream: Where it came, and where its answer goes.
    ///   - handler: The stream's connection.
    ///   - listeners: Those of the endpoint that it is for.
    ///   - origin: What serves that endpoint on this event loop.
    ///   - original: The exchange that it repeats; nil for a visitor's request.
    /// - Returns: Who hears what follows on the stream.
    func serve(
        _ request: FieldSection,
        on stream: HTTP2Stream,
        _ handler: HTTP2Handler,
        _ listeners: EndpointListeners,
        _ origin: any Origin,
        replayOf original: Int? = nil
    ) -> any HTTP2StreamDelegate {
        var tap: (any ExchangeTap)?
        if let observer = listeners.observer {
            let ends = stream.endedWithHead
            tap = observer.began(request, ends: ends, endpoint: listeners.label, replayOf: original)
            stream.tap = tap
        }
        let served = TunnelRequest(
            stream: stream,
            fields: request,
            handler: handler,
            headDeadline: headDeadline,
            observe: listeners.observe,
            observeOrigin: listeners.observeOrigin,
            tap: tap
        )
        return origin.serve(consume served) ?? AgentAnswer.malformed.given(to: request, on: stream, handler)
    }
}

/// Who is told of the requests to one endpoint; made once, because there are many requests.
final class EndpointListeners {
    let label: String
    /// Nil when nobody looks on.
    let observer: (any ExchangeObserver)?
    /// See ``TunnelRequest/observe``.
    let observe: (RequestProgress) -> Void
    /// See ``TunnelRequest/observeOrigin``.
    let observeOrigin: (String?) -> Void

    init(
        label: String,
        observer: (any ExchangeObserver)?,
        observe: @escaping (RequestProgress) -> Void,
        observeOrigin: @escaping (String?) -> Void
    ) {
        self.label = label
        self.observer = observer
        self.observe = observe
        self.observeOrigin = observeOrigin
    }
}

extension AgentAnswer {
    /// Answers in place of an origin.
    ///
    /// - Returns: Who reads and forgets what still follows.
    func given(to request: FieldSection, on stream: HTTP2Stream, _ handler: HTTP2Handler) -> any HTTP2StreamDelegate {
        send(on: stream, handler, toHead: request.isHead)
        return DiscardingReader(handler)
    }
}
