import AdminHTTP
import FoundationEssentials
import NIOCore
import TunnelProtocol

/// The service's JSON over HTTP, as docs/operator-ca.md describes it.
enum IssuerRoutes {
    /// Bytes of a request's body.
    static let bodyBytes = 16 * 1024

    static func table(_ desk: IssuingDesk) -> [String: AdminRoute] {
        [
            "/v1/enroll": .post { request in
                await answer { () async throws(IssuerRefusal) in
                    let asked: Enrolment = try read(request)
                    return try await desk.enrol(token: asked.token, csr: asked.csr)
                }
            },
            "/v1/renew": .post { request in
                await answer { () async throws(IssuerRefusal) in
                    let asked: Renewal = try read(request)
                    return try await desk.renew(device: asked.device, csr: asked.csr)
                }
            },
            "/healthz": .get { _ in
                guard await desk.isReady() else { return problem(IssuerRefusal(.unavailable)) }
                return .json(#"{"status":"ok"}"#.utf8)
            },
        ]
    }

    private struct Enrolment: Decodable {
        let token: String
        let csr: String
    }

    private struct Renewal: Decodable {
        let device: String
        let csr: String
    }

    private static func read<Body: Decodable>(_ request: AdminRequest) throws(IssuerRefusal) -> Body {
        do {
            return try JSONDecoder().decode(Body.self, from: Data(request.body.readableBytesView))
        } catch {
            throw IssuerRefusal(.requestRefused, "The body is not the JSON that this path takes.")
        }
    }

    private static func answer(
        _ work: () async throws(IssuerRefusal) -> DeviceCertificate
    ) async -> AdminResponse {
        do throws(IssuerRefusal) {
            let certificate = try await work()
            do { return .json(try IssuanceJSON.bytes(certificate)) } catch { return problem(.init(.unavailable)) }
        } catch {
            return problem(error)
        }
    }

    // MARK: Refusals, RFC 9457

    private static func problem(_ refusal: IssuerRefusal) -> AdminResponse {
        problem(IssuanceProblem(refusal.code, detail: refusal.detail))
    }

    /// What the server itself refuses: an unknown path, another method, a body that is too long, an answer that is late.
    static func problem(_ status: Int, _ sentence: String) -> AdminResponse {
        let detail = "\(sentence.prefix(1).uppercased())\(sentence.dropFirst())."
        return problem(IssuanceProblem(IssuanceRefusal(status: status), status: status, detail: detail))
    }

    private static func problem(_ problem: IssuanceProblem) -> AdminResponse {
        let body: [UInt8]
        do { body = try IssuanceJSON.bytes(problem) } catch { body = Array("{}".utf8) }
        var response = AdminResponse(
            status: problem.status,
            contentType: IssuanceProblem.contentType,
            body: ByteBuffer(bytes: body)
        )
        if problem.status == 429 { response.fields = [(name: "retry-after", value: "60")] }
        return response
    }
}
