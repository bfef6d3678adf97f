import AdminHTTP
import Agent
import FoundationEssentials
import NIOCore

extension LocalAPI {
    func add(_ request: AdminRequest) async -> AdminResponse {
        await answer { () throws(APIProblem) in
            let status = try await desk.add(try Self.spec(in: request), within: patience)
            return Self.json(status, status: 201)
        }
    }

    func show(_ request: AdminRequest) async -> AdminResponse {
        await answer { () throws(APIProblem) in Self.json(try await desk.listing(request.parameter("name"))) }
    }

    func remove(_ request: AdminRequest) async -> AdminResponse {
        await answer { () throws(APIProblem) in
            let listing = try await desk.listing(request.parameter("name"))
            try await desk.remove(listing.name)
            return Self.json(listing)
        }
    }

    func setEnabled(_ isEnabled: Bool, _ request: AdminRequest) async -> AdminResponse {
        await answer { () throws(APIProblem) in
            let before = try await desk.listing(request.parameter("name"))
            try await desk.setEnabled(isEnabled, before.name)
            let after = await desk.listings.first { $0.name == before.name }
            return Self.json(after ?? before)
        }
    }

    func answer(_ work: () async throws(APIProblem) -> AdminResponse) async -> AdminResponse {
        do throws(APIProblem) {
            return try await work()
        } catch {
            return error.response
        }
    }

    /// Reads an endpoint's description from a body.
    static func spec(in request: AdminRequest) throws(APIProblem) -> EndpointSpec {
        do {
            return try JSONDecoder().decode(EndpointSpec.self, from: Data(request.body.readableBytesView))
        } catch {
            throw APIProblem(
                .badRequest,
                "The body is not an endpoint in JSON: \(words(error))",
                "Send an object with at least name and target; docs/local-api.md lists the members.",
                code: 2
            )
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has another type."
        case .dataCorrupted, nil: "it cannot be parsed."
        @unknown default: "it cannot be parsed."
        }
    }
}
