import Agent
import HTTPFields
import Inspector

/// Records what the agent serves in the inspector's log.
struct InspectingObserver: ExchangeObserver {
    let log: ExchangeLog

    func began(_ request: FieldSection, ends: Bool, endpoint: String, replayOf original: Int?) -> (any ExchangeTap)? {
        let recorder = log.record(endpoint: endpoint, request: request, replayOf: original)
        if ends { recorder.receivedEnd() }
        return InspectingTap(recorder)
    }
}
