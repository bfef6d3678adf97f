import AdminHTTP
import Foundation
import NIOCore
import Synchronization
import TestSupport
import Trust
import TunnelProtocol

/// A service that signs with a throwaway CA on a Unix socket, well or as badly as a test needs it.
///
/// ## Concurrency
/// The lock owns everything that changes.
final class StandInIssuer: Sendable {
    /// How it behaves.
    enum Habit: Sendable {
        case good
        /// It takes longer than anybody waits.
        case slow
        /// It breaks off in the middle of its answer.
        case cut
        /// It answers 200 with something else.
        case nonsense(String)
        /// It says no.
        case refusing(status: Int, code: String, retryAfter: String?)
        /// It signs for another device than the one that is meant.
        case mistaken
    }

    private struct Content {
        var invitations: [String: String] = [:]
        var holders: [String: String] = [:]
        var asked: [String] = []
        var habit: Habit
    }

    private let ca: ThrowawayCA
    private let folder: TemporaryFolder
    private let content: Mutex<Content>

    init(_ ca: ThrowawayCA, _ habit: Habit = .good) throws {
        self.ca = ca
        folder = try TemporaryFolder()
        content = Mutex(Content(habit: habit))
    }

    var address: AdminAddress { .unix(path: "\(folder.path)/issuer.sock") }

    var habit: Habit {
        get { content.withLock { $0.habit } }
        set { content.withLock { $0.habit = newValue } }
    }

    /// The paths that it was asked for, in their order.
    var asked: [String] { content.withLock { $0.asked } }

    /// A new invitation.
    func invite() throws -> EnrolmentToken {
        let digits = (0..<43).map { _ in "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_0123".randomElement() ?? "A" }
        guard let token = EnrolmentToken("osmi_" + String(digits)) else { throw CancellationError() }
        content.withLock { $0.invitations[token.text] = UUID().uuidString.lowercased() }
        return token
    }

    /// Serves for the time of a closure.
    func serving<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let routes: [String: AdminRoute] = [
            "/v1/enroll": .post { [self] in await answer($0, enrol) },
            "/v1/renew": .post { [self] in await answer($0, renew) },
        ]
        let server = AdminServer(address, routes: routes)
        let (bound, announce) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { announce.finish() }
                try await server.run { _ in announce.finish() }
                return nil
            }
            group.addTask {
                for await _ in bound {}
                return try await body()
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    private func answer(
        _ request: AdminRequest,
        _ sign: (AdminRequest) throws -> AdminResponse
    ) async -> AdminResponse {
        let habit = content.withLock { content in
            content.asked.append(request.path)
            return content.habit
        }
        switch habit {
        case .good, .mistaken: break
        case .slow:
            do { try await Task.sleep(for: .seconds(60)) } catch { return .text("", status: 500) }
        case .cut:
            return .stream(contentType: "application/json") { writer in
                try await writer.write(ByteBuffer(string: #"{"device":"#))
                throw CancellationError()
            }
        case .nonsense(let text): return .json(text.utf8)
        case .refusing(let status, let code, let retryAfter):
            return Self.refusal(code, status: status, retryAfter: retryAfter)
        }
        do { return try sign(request) } catch { return .text("\(error)\n", status: 500) }
    }

    private static func refusal(_ code: String, status: Int = 403, retryAfter: String? = nil) -> AdminResponse {
        let document = #"{"type":"about:blank","title":"no","status":\#(status),"code":"\#(code)"}"#
        var response = AdminResponse(
            status: status,
            contentType: IssuanceProblem.contentType,
            body: ByteBuffer(string: document)
        )
        if let retryAfter { response.fields = [("retry-after", retryAfter)] }
        return response
    }

    private func enrol(_ request: AdminRequest) throws -> AdminResponse {
        let document = IssuanceJSON.document(EnrolmentRequest.self, from: request.body.readableBytesView)
        guard let document else { return Self.refusal("request_refused", status: 400) }
        let token = document.token.text
        guard let device = content.withLock({ $0.invitations[token] }) else {
            return Self.refusal("invitation_unknown")
        }
        let holder = content.withLock { $0.holders[token] }
        // Whose key it is shows in the certificate; one that is refused after all is never seen by anybody.
        let issued = try sign(document.request, holder == nil ? device : UUID().uuidString.lowercased())
        guard holder == nil || holder == issued.fingerprint else { return Self.refusal("invitation_used") }
        content.withLock { $0.holders[token] = issued.fingerprint }
        return try Self.answer(device, holder == nil ? issued.chain : try sign(document.request, device).chain)
    }

    private struct Renewal: Decodable {
        let device: String
        let csr: Data
    }

    private func renew(_ request: AdminRequest) throws -> AdminResponse {
        let document = IssuanceJSON.document(Renewal.self, from: request.body.readableBytesView)
        guard let document else { return Self.refusal("request_refused", status: 400) }
        var device = document.device
        if case .mistaken = habit { device = UUID().uuidString.lowercased() }
        return try Self.answer(document.device, sign(Array(document.csr), device).chain)
    }

    private func sign(_ request: [UInt8], _ device: String) throws -> (chain: [[UInt8]], fingerprint: String) {
        let text = Data(request).base64EncodedString(options: .lineLength64Characters)
        let pem = "-----BEGIN CERTIFICATE REQUEST-----\n\(text)\n-----END CERTIFICATE REQUEST-----\n"
        let chain = try PEM.certificates(ca.issueDevice(requestPEM: pem, id: device))
        let bundle = try OperatorBundle.decode(Array(Data(contentsOf: URL(filePath: ca.bundlePath))))
        let verifier = DeviceVerifier(anchors: try bundle.anchors(at: .now), revocations: [])
        return (chain, try verifier.verify(chain: chain, at: .now).keyFingerprint)
    }

    private static func answer(_ device: String, _ chain: [[UInt8]]) throws -> AdminResponse {
        let answer = EnrolmentAnswer(device: device, name: "laptop", chain: chain, notAfter: "2026-01-08T00:00:00Z")
        return .json(try IssuanceJSON.bytes(answer))
    }
}
