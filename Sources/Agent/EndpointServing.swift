import HTTP2
import HTTPFields
import NIOCore

/// Hands requests to the origins behind the endpoints, seen by whoever looks on, and says what came of each.
struct EndpointServing: Sendable {
    let state: AgentState
    /// Nil for nobody.
    let observer: (any ExchangeObserver)?
    let headDeadline: TimeAmount

    /// Serves one stream.
    ///
    /// - Parameters:
    ///   - request: Its head.
    ///   - stream: Where it came, and where its answer goes.
    ///   - handler: The stream's connection.
    ///   - endpoint: Whom it is for.
    ///   - origin: What serves that endpoint on this event loop.
    ///   - original: The exchange that it repeats; nil for a visitor's request.
    /// - Returns: Who hears what follows on the stream.
    func serve(
        _ request: FieldSection,
        on stream: HTTP2Stream,
        _ handler: HTTP2Handler,
        _ endpoint: Endpoint,
        _ origin: any Origin,
        replayOf original: Int? = nil
    ) -> any HTTP2StreamDelegate {
        let (state, label) = (state, endpoint.label)
        var served = TunnelRequest(
            stream: stream,
            fields: request,
            handler: handler,
            headDeadline: headDeadline,
            observe: { record in
                var record = record
                record.endpoint = label
                state.publish(.request(record))
            }
        )
        served.observeOrigin = { state.originHeard($0, of: endpoint) }
        if endpoint.isInspected, let observer {
            let tap = observer.began(request, ends: stream.endedWithHead, endpoint: label, replayOf: original)
            served.tap = tap
            stream.tap = tap
        }
        return origin.serve(served) ?? AgentAnswer.malformed.given(to: request, on: stream, handler)
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
