@testable import Agent
import Foundation
import NIOCore
import NIOPosix
import Testing
import TestSupport
import Trust

@Suite(.timeLimit(.minutes(1)))
struct DoctorTests {
    private let ca: ThrowawayCA
    private let bundle: OperatorBundle
    private let device: ThrowawayCA.Device

    init() throws {
        ca = try ThrowawayCA(domain: "localhost")
        bundle = try OperatorBundle.decode(Array(Data(contentsOf: URL(filePath: ca.bundlePath))))
        device = try ca.issueDevice()
    }

    private func subject(
        _ device: ThrowawayCA.Device? = nil,
        mode: Int = 0o600,
        edge: String? = nil,
        lookup: NameLookup = .system,
        at now: Date = .now
    ) throws -> DoctorCase {
        let device = device ?? self.device
        let credentials = try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM)
        let edges = edge.flatMap { EdgeAddress($0) }.map { [EdgeTarget(address: $0, serverName: "localhost")] }
        var subject = DoctorCase(
            version: "test/1",
            bundle: .success(bundle),
            identity: .present(credentials, keyMode: mode),
            edges: edges ?? [],
            dialer: EdgeDialer(deadline: .milliseconds(500), lookup: lookup)
        )
        subject.now = { now }
        return subject
    }

    private func fault(_ subject: DoctorCase) async -> DoctorFinding? { await Doctor(subject).examine().culprit }

    @Test func `all is well when nothing is at fault`() async throws {
        let report = await Doctor(try subject()).examine()
        #expect(report.isFine)
        #expect(report.device == device.id)
        #expect(report.findings.map(\.check) == [.bundle, .clock, .identity, .agent])
    }

    @Test func `an agent without a CA looks no further`() async throws {
        var subject = try subject(edge: "127.0.0.1:1")
        subject.bundle = .failure(.missing)
        let report = await Doctor(subject).examine()
        #expect(report.culprit?.check == .bundle)
        #expect(report.findings.filter { $0.verdict == .skipped }.map(\.check) == [.identity, .tcp])
    }

    @Test func `a device without a certificate`() async throws {
        var subject = try subject(edge: "127.0.0.1:1")
        subject.identity = .absent(AgentExit(code: 24, problem: "There is none.", nextStep: "Make one."))
        #expect(await fault(subject)?.check == .identity)
    }

    @Test func `a device of another operator`() async throws {
        let stranger = try ThrowawayCA(domain: "localhost").issueDevice()
        let culprit = try #require(await fault(try subject(stranger, edge: "127.0.0.1:1")))
        #expect(culprit.check == .identity)
        #expect(culprit.finding.contains("not issued by this operator"))
    }

    @Test func `a key that others can read`() async throws {
        let report = await Doctor(try subject(mode: 0o644)).examine()
        #expect(report.isFine)
        #expect(report.findings.first { $0.check == .identity }?.verdict == .warn)
    }

    @Test func `a certificate that has expired`() async throws {
        let old = try ca.issueDevice(at: Date(timeIntervalSinceNow: -8 * 86_400))
        let culprit = try #require(await fault(try subject(old)))
        #expect(culprit.check == .identity)
        #expect(culprit.finding.contains("expired"))
    }

    @Test(arguments: [-86_400, -365 * 86_400] as [TimeInterval])
    func `a clock that is behind is named before anything that it spoils`(offset: TimeInterval) async throws {
        let report = await Doctor(try subject(edge: "127.0.0.1:1", at: Date(timeIntervalSinceNow: offset))).examine()
        #expect(report.culprit?.check == .clock)
        #expect(report.culprit?.finding.contains("behind") == true)
        #expect(report.findings.filter { $0.check == .tcp }.map(\.verdict) == [.skipped])
    }

    @Test func `a name server that does not answer`() async throws {
        let lookup = NameLookup { _, _, _, loop in loop.makeFailedFuture(LookupFailure.failed("no answer")) }
        let subject = try subject(edge: "edge.example:8443", lookup: lookup)
        let culprit = try #require(await fault(subject))
        #expect(culprit.check == .dns)
        #expect(culprit.subject == "edge.example:8443")
    }

    @Test func `something at the edge's address that speaks no TLS`() async throws {
        let server = try await FarEnd.greeting("SSH-2.0-OpenSSH\r\n")
        let culprit = try #require(await fault(try subject(edge: "127.0.0.1:\(server.localAddress?.port ?? 0)")))
        #expect(culprit.check == .tls)
    }

    // MARK: Local services

    private func findings(_ endpoint: Endpoint) async -> DoctorFinding? {
        await OriginExamination(patience: .milliseconds(300)).observe([endpoint]).first
    }

    private func target(_ server: any Channel) throws -> OriginTarget {
        try OriginTarget("\(server.localAddress?.port ?? 0)")
    }

    @Test func `a service that answers, whatever it says`() async throws {
        let server = try await FarEnd.answering([Array("HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\n".utf8)])
        let endpoint = try Endpoint(name: "app", target: target(server))
        let finding = try #require(await findings(endpoint))
        #expect(finding.verdict == .ok)
        #expect(finding.finding.contains("500"))
        #expect(finding.subject?.hasPrefix("app") == true)
    }

    @Test func `a service that does not run`() async throws {
        // A port that was given back may be another test's by now; nobody on loopback multiplexes services (RFC 1078).
        let target = try OriginTarget("127.0.0.1:1")
        for endpoint in [try Endpoint(name: nil, target: target), try .tcp(target, port: nil)] {
            let finding = try #require(await findings(endpoint))
            #expect(finding.verdict == .fail)
            #expect(finding.finding.contains("not running"))
        }
    }

    @Test func `a service that takes its time`() async throws {
        let server = try await FarEnd.answering([])
        let endpoint = try Endpoint(name: nil, target: target(server))
        let finding = try #require(await findings(endpoint))
        #expect(finding.verdict == .fail)
        #expect(finding.finding.contains("slow"))
        #expect(await findings(try .tcp(target(server), port: nil))?.verdict == .ok)
    }

    @Test func `a service that speaks something else`() async throws {
        let server = try await FarEnd.answering([Array("SSH-2.0-OpenSSH\r\n".utf8)], closes: true)
        #expect(await findings(try Endpoint(name: nil, target: target(server)))?.verdict == .fail)
    }

    @Test func `many services are told in their order`() async throws {
        let server = try await FarEnd.answering([Array("HTTP/1.1 200 OK\r\n\r\n".utf8)])
        let target = try target(server)
        let endpoints = try (0..<20).map { try Endpoint(label: "app\($0)", name: nil, target: target) }
        let findings = await OriginExamination(patience: .seconds(10)).observe(endpoints)
        // On a busy machine each may be called slow, which is another test's matter.
        #expect(findings.allSatisfy { $0.verdict != .fail })
        #expect(findings.map { $0.subject?.split(separator: " ").first } == endpoints.map { Substring($0.label) })
    }

    // MARK: The report

    @Test func `the report is the same after it was written and read`() async throws {
        let report = await Doctor(try subject(edge: "127.0.0.1:1")).examine()
        let encoder = JSONEncoder()
        let again = try JSONDecoder().decode(DoctorReport.self, from: encoder.encode(report))
        #expect(again == report)
        #expect(!String(decoding: try encoder.encode(report), as: UTF8.self).contains("PRIVATE KEY"))
    }
}
