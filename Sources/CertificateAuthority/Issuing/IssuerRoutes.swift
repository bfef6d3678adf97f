import AdminHTTP
import FoundationEssentials
import NIOCore

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
            do { return .json(try encoder.encode(certificate)) } catch { return problem(.init(.unavailable)) }
        } catch {
            return problem(error)
        }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    // MARK: Refusals, RFC 9457

    private struct Problem: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let code: String
    }

    private static func problem(_ refusal: IssuerRefusal) -> AdminResponse {
        problem(refusal.code.status, refusal.detail, code: refusal.code.rawValue)
    }

    /// What the server itself refuses: an unknown path, another method, a body that is too long, an answer that is late.
    static func problem(_ status: Int, _ sentence: String) -> AdminResponse {
        problem(status, "\(sentence.prefix(1).uppercased())\(sentence.dropFirst()).", code: code(of: status).rawValue)
    }

    private static func code(of status: Int) -> IssuerRefusal.Code { status >= 500 ? .unavailable : .requestRefused }

    private static func problem(_ status: Int, _ detail: String, code: String) -> AdminResponse {
        let problem = Problem(title: title(of: status), status: status, detail: detail, code: code)
        let body: [UInt8]
        do { body = Array(try encoder.encode(problem)) } catch { body = Array("{}".utf8) }
        var response = AdminResponse(
            status: status,
            contentType: "application/problem+json",
            body: ByteBuffer(bytes: body)
        )
        if status == 429 { response.fields = [(name: "retry-after", value: "60")] }
        return response
    }

    /// The phrase of RFC 9110 and RFC 6585, which is what "about:blank" stands for.
    private static func title(of status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        default: "Service Unavailable"
        }
    }
}
