package import HTTPFields
package import NIOCore
import NIOPosix

extension AgentService {
    /// Sends a request again, along the way that a visitor's takes once it is out of the tunnel.
    ///
    /// That way leads through the rules of the endpoint to its origin, seen by whoever looks on. No edge is asked, and the
    /// answer is read and dropped.
    ///
    /// - Parameters:
    ///   - request: Its head as a tunnel would bring it, pseudo-header fields first.
    ///   - body: All of it.
    ///   - original: The exchange that it repeats, for whoever looks on.
    ///   - endpoint: The label of who serves it.
    /// - Throws: ``ReplayFailure`` when it did not reach the endpoint, or the answer took too long; not for an answer
    ///   that breaks off.
    package func replay(
        _ request: FieldSection,
        body: ByteBuffer,
        of original: Int,
        by endpoint: String
    ) async throws {
        try await replay(request, body: body, of: original, by: endpoint, within: Replay.deadline)
    }

    func replay(
        _ request: FieldSection,
        body: ByteBuffer,
        of original: Int,
        by label: String,
        within deadline: TimeAmount
    ) async throws {
        guard let endpoint = state.wanted.first(where: { $0.endpoint.label == label })?.endpoint else {
            throw ReplayFailure.unknownEndpoint(label)
        }
        guard !Task.isCancelled else { throw ReplayFailure.cancelled }
        let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = eventLoop.makePromise(of: Void.self)
        let replay = NIOLoopBoundBox.makeEmptyBox(valueType: Replay.self, eventLoop: eventLoop)
        // The singleton group never shuts down, so its loops take every task.
        eventLoop.execute { [crew] in
            guard let far = ReplayedEndpoint(endpoint, original: original, crew: crew, eventLoop: eventLoop) else {
                return outcome.fail(ReplayFailure.unknownEndpoint(label))
            }
            replay.value = Replay(request, body: body, to: far, outcome: outcome)
            replay.value?.begin(within: deadline)
        }
        try await withTaskCancellationHandler {
            try await outcome.futureResult.get()
        } onCancel: {
            eventLoop.execute { replay.value?.end(.cancelled) }
        }
    }
}
