import HTTP2
import HTTPFields
import NIOCore

/// An origin whose visitors must pass a gate, and whose heads are edited as they pass.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, like the origin that it guards.
final class GuardedOrigin: Origin {
    private let origin: any Origin
    private let rules: VisitorRules
    private let gate: VisitorGate
    private let eventLoop: any EventLoop

    /// How long a visitor may wait for a verdict, whatever holds it up.
    static let verdictDeadline = TimeAmount.seconds(10)

    init(_ origin: any Origin, rules: VisitorRules, eventLoop: any EventLoop) {
        self.origin = origin
        self.rules = rules
        self.eventLoop = eventLoop
        gate = VisitorGate(rules, eventLoop: eventLoop)
    }

    func serve(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        switch gate.admit(request.fields) {
        case .allowed: return pass(request)
        case .denied(let answer):
            var progress = RequestProgress(request.fields)
            request.deny(answer, progress: &progress)
            return DiscardingReader(request.handler)
        case .later(let decision):
            let visit = WaitingVisit(request, deadline: Self.verdictDeadline, eventLoop: eventLoop) { [self] in pass($0)
            }
            visit.wait(for: decision)
            return visit
        }
    }

    func retire() { origin.retire() }

    func close() { origin.close() }

    /// Hands an admitted request to the origin.
    private func pass(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        var edited = request
        // A password that was for the agent is no business of the origin's.
        if rules.authentication != nil { edited.fields = edited.fields.without("authorization") }
        edited.fields = rules.requestHeaders.applied(to: edited.fields)
        editResponses(on: request.stream)
        return origin.serve(edited)
    }

    private func editResponses(on stream: HTTP2Stream) {
        let edits = rules.responseHeaders
        guard !edits.isEmpty else { return }
        // Another's change comes first, so that the owner of the endpoint has the last word.
        let earlier = stream.responseEdit
        stream.responseEdit = { fields in
            earlier?(&fields)
            fields = edits.applied(to: fields)
        }
    }
}

extension TunnelRequest {
    /// Answers in place of the origin, and reports that as the end of the request.
    func deny(_ answer: AgentAnswer, progress: inout RequestProgress) {
        answer.send(on: stream, handler, toHead: fields.isHead)
        progress.status = Int(answer.status) ?? 503
        observe(progress)
    }
}

extension FieldSection {
    /// The section but for the fields of that name, which is in small letters.
    fileprivate func without(_ name: String) -> FieldSection {
        var rest = FieldSection(capacity: storage.readableBytes, fields: count)
        for index in entries.indices where !nameEquals(name, at: index) {
            rest.append(name: self.name(at: index), value: value(at: index))
        }
        return rest
    }
}
