import AdminHTTP
import FoundationEssentials
import NIOCore

/// What a page may ask, by path.
///
/// Everything it gets has its secrets taken out, as far as the log takes them out.
struct InspectorRoutes: Sendable {
    let log: ExchangeLog
    let desk: ReplayDesk
    let feed: EventFeed
    /// The agent's own state, as JSON.
    let status: InspectorServer.StatusText
    /// Of the agent.
    let version: String

    struct Listing: Codable {
        /// Newest first.
        let exchanges: [ExchangeSummary]
    }

    /// A request that a person changed.
    struct EditedReplay: Codable {
        /// The one that it is made from.
        let exchange: Int
        let edit: ReplayEdit
    }

    struct Replayed: Codable {
        /// The new exchange; nil when nothing of it was seen yet.
        let id: Int?
    }

    var byPath: [String: AdminRoute] {
        var routes = PageFiles.routes
        routes["/api/exchanges"] = .guardedGet { list(matching: $0.queryValue("search") ?? "") }
        routes["/api/exchanges/{id}"] = .guardedGet { detail($0) }
        routes["/api/exchanges/{id}/curl"] = .guardedGet { curl($0) }
        routes["/api/exchanges/{id}/replay"] = .guardedPost { request in
            guard let id = Int(request.parameter("id")) else { return Self.notKept }
            return await replay(id, ReplayEdit())
        }
        routes["/api/replay"] = .guardedPost { await replayEdited($0) }
        routes["/api/events"] = .guardedGet { _ in feed.answer() }
        routes["/api/har"] = .guardedGet { archive(matching: $0.queryValue("search") ?? "") }
        routes["/api/clear"] = .guardedPost { _ in
            log.clear()
            return .encoded(EventFeed.Kept(from: log.keptIDs.lowerBound))
        }
        routes["/api/status"] = .guardedGet { _ in .json(Array(await status().utf8)) }
        routes["/{rest...}"] = .guardedGet { _ in .text("nothing here\n", status: 404) }
        return routes
    }

    private static let notKept = AdminResponse.problem(
        "The exchange is no longer kept: newer ones took its room.",
        status: 404
    )

    private func list(matching text: String) -> AdminResponse {
        .encoded(Listing(exchanges: log.search(text).reversed()))
    }

    private func detail(_ request: AdminRequest) -> AdminResponse {
        guard let id = Int(request.parameter("id")), let detail = log.detail(of: id) else { return Self.notKept }
        return .encoded(detail)
    }

    private func curl(_ request: AdminRequest) -> AdminResponse {
        guard let id = Int(request.parameter("id")), let detail = log.detail(of: id) else { return Self.notKept }
        guard let command = CurlCommand(detail) else {
            return .problem("A WebSocket, or a body that is not kept as a whole, cannot become a command.", status: 409)
        }
        return .text(command.text)
    }

    /// Piece by piece: an archive of all that may be kept is larger than one answer should be.
    private func archive(matching text: String) -> AdminResponse {
        let chosen = text.isEmpty ? nil : Set(log.search(text).map(\.id))
        let document = HTTPArchiveDocument(version: version)
        var response = AdminResponse.stream(contentType: "application/json") { writer in
            let exchanges = log.details().lazy.filter { chosen?.contains($0.summary.id) ?? true }
            try await document.write(exchanges) { try await writer.write(ByteBuffer(bytes: $0)) }
        }
        response.fields = [(name: "content-disposition", value: "attachment; filename=\"exchanges.har\"")]
        return response
    }

    // MARK: Replay

    private func replayEdited(_ request: AdminRequest) async -> AdminResponse {
        do {
            let asked = try JSONDecoder().decode(EditedReplay.self, from: Data(request.body.readableBytesView))
            return await replay(asked.exchange, asked.edit)
        } catch {
            return .problem("This does not say what to send.", status: 400)
        }
    }

    private func replay(_ id: Int, _ edit: ReplayEdit) async -> AdminResponse {
        let request: ReplayRequest
        do {
            request = try log.replay(of: id, edit: edit)
        } catch {
            return .problem(error.description, status: error.code == .notKept ? 404 : 409)
        }
        switch await desk.replay(request) {
        case .began(let id): return .encoded(Replayed(id: id))
        case .unseen: return .encoded(Replayed(id: nil), status: 202)
        case .failed(let problem): return .problem("The agent could not send it: \(problem)", status: 502)
        case .busy: return .problem("Too many requests are being sent again already: wait for one to end.", status: 503)
        }
    }
}
