import AdminHTTP
import Foundation
import Logging
import NIOCore
import TestSupport
import Testing
import TunnelProtocol

@testable import CertificateAuthority

/// The service as an edge meets it: HTTP over a Unix socket.
@Suite(.timeLimit(.minutes(5)))
struct IssuingServiceTests {
    private let authority: ThrowawayCA
    private let socket: String

    init() throws {
        authority = try ThrowawayCA(domain: "tunnel.test")
        socket = "\(authority.scratchPath)/issuer.sock"
    }

    private func withService(
        _ adjust: (inout IssuingService.Configuration) -> Void = { _ in },
        _ body: (AdminAddress) async throws -> Void
    ) async throws {
        var configuration = IssuingService.Configuration(authority.folder)
        configuration.socket = socket
        adjust(&configuration)
        let (addresses, continuation) = AsyncStream.makeStream(of: AdminAddress.self)
        let service = IssuingService(configuration, logger: .silent) { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await service.run()
            }
            var iterator = addresses.makeAsyncIterator()
            if let address = await iterator.next() { try await body(address) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private struct Problem: Decodable, Equatable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let code: String
    }

    private func post(_ path: String, _ body: String, at address: AdminAddress) async throws -> AdminClient.Answer {
        try await AdminClient.post(path, body: ByteBuffer(string: body), at: address, limits: .patient)
    }

    private func enrolment(_ token: String, _ csr: String) -> String { #"{"token":"\#(token)","csr":"\#(csr)"}"# }

    @Test func `a device enrols, and an edge renews it`() async throws {
        let token = try authority.invite("laptop")
        let applicant = try Applicant()
        try await withService { address in
            #expect(try await AdminClient.get("/healthz", at: address, limits: .patient).status == 200)
            let enrolled = try await post("/v1/enroll", enrolment(token, applicant.csr), at: address)
            #expect(enrolled.status == 200 && enrolled.contentType == "application/json")
            let members = try #require(
                try JSONSerialization.jsonObject(with: Data(enrolled.body.readableBytesView)) as? [String: Any]
            )
            #expect(Set(members.keys) == ["device", "name", "chain", "not_after"])
            let first = try JSONDecoder().decode(DeviceCertificate.self, from: Data(enrolled.body.readableBytesView))
            let body = #"{"device":"\#(first.device)","csr":"\#(applicant.csr)"}"#
            let renewed = try await post("/v1/renew", body, at: address)
            #expect(renewed.status == 200)
            let second = try JSONDecoder().decode(DeviceCertificate.self, from: Data(renewed.body.readableBytesView))
            #expect(second.device == first.device && second.chain[0] != first.chain[0])
        }
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `each refusal is problem+json with a status, a title and a code`() async throws {
        let csr = try Applicant().csr
        let token = try EnrolmentToken.draw().text
        let cases: [(path: String, body: String, status: Int, code: String)] = [
            ("/v1/enroll", enrolment(token, csr), 403, "invitation_unknown"),
            ("/v1/enroll", enrolment(token, "AAAA"), 400, "request_refused"),
            ("/v1/enroll", "", 400, "request_refused"),
            ("/v1/enroll", "{", 400, "request_refused"),
            ("/v1/enroll", "[]", 400, "request_refused"),
            ("/v1/enroll", #"{"token":1,"csr":null}"#, 400, "request_refused"),
            ("/v1/enroll", #"{"token":"\#(token)"}"#, 400, "request_refused"),
            ("/v1/enroll", String(repeating: "[", count: 16_000), 400, "request_refused"),
            ("/v1/enroll", String(repeating: " ", count: 16 * 1024 + 1), 413, "request_refused"),
            ("/v1/renew", #"{"device":"x","csr":"\#(csr)"}"#, 403, "device_unknown"),
            ("/v1/nothing", "{}", 404, "request_refused"),
            ("/healthz", "{}", 405, "request_refused"),
        ]
        try await withService { address in
            for (path, body, status, code) in cases {
                let answer = try await post(path, body, at: address)
                #expect(answer.status == status, "\(path) \(body.prefix(40))")
                #expect(answer.contentType == "application/problem+json")
                let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body.readableBytesView))
                #expect(problem.status == status && problem.code == code && problem.type == "about:blank")
                #expect(!problem.title.isEmpty && problem.detail.hasSuffix("."))
                #expect(!String(buffer: answer.body).contains(token))
            }
            #expect(try await AdminClient.get("/v1/enroll", at: address, limits: .patient).status == 405)
        }
    }

    @Test func `many devices enrol at once, each with a token of its own`() async throws {
        let tokens = try (0..<20).map { try authority.invite("laptop \($0)") }
        let requests = try tokens.map { enrolment($0, try Applicant().csr) }
        try await withService { address in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for request in requests { group.addTask { try await post("/v1/enroll", request, at: address).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 20))
        }
        let report = try Audit.run(authority.folder)
        #expect(report.isClean && report.notes.isEmpty)
        #expect(try authority.issuedDevices().count == 20)
    }

    @Test(arguments: [(SocketAccess.owner, 0o600), (SocketAccess.group, 0o660)])
    func `the socket's mode is what was asked for`(access: SocketAccess, mode: Int) async throws {
        try await withService {
            $0.access = access
        } _: { address in
            #expect(DurableFileMode.of(socket) == mode)
            let answer = try await AdminClient.get("/healthz", at: address, limits: .patient)
            #expect(answer.status == 200)
        }
    }

    @Test func `what another command changes is handed out while the service runs`() async throws {
        let place = "\(authority.scratchPath)/edge"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let device = try authority.issueDevice()
        try await withService {
            $0.edgeFiles = EdgePublication(to: place)
            $0.interval = .milliseconds(20)
        } _: { _ in
            let list = "\(place)/devices.crl"
            let before = FileManager.default.contents(atPath: list)
            #expect(before != nil)
            try authority.revoke(device: device.id)
            while FileManager.default.contents(atPath: list) == before { try await Task.sleep(for: .milliseconds(10)) }
            #expect(FileManager.default.contentsEqual(atPath: list, andPath: authority.deviceListPath))
        }
    }

    @Test func `a folder without a CA is refused at the start`() async throws {
        let service = IssuingService(.init(AuthorityFolder(authority.scratchPath)), logger: .silent)
        await #expect(throws: AuthorityError.self) { try await service.run() }
    }
}

/// The permission bits of a file.
enum DurableFileMode {
    static func of(_ path: String) -> Int? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        } catch {
            return nil
        }
    }
}
