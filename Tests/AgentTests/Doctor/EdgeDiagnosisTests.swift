@testable import Agent
import Foundation
import Testing
import Trust
import TunnelProtocol
import TunnelTLS

struct EdgeDiagnosisTests {
    private let now = Date(timeIntervalSince1970: 2_000_000_000)
    private let day: TimeInterval = 86_400

    private func diagnosis(
        of seen: EdgeObservation,
        isDraining: Bool = false,
        _ validity: LocalDiagnosis.Validity = .current
    ) throws -> EdgeDiagnosis {
        let edge = try #require(EdgeAddress("edge.example"))
        return EdgeDiagnosis(seen, of: edge, isDraining: isDraining, identity: validity, at: now)
    }

    private func failed(_ code: DialFailure.Code, at hop: DialFailure.Hop = .edge) throws -> EdgeObservation {
        var seen = EdgeObservation()
        let edge = try #require(EdgeAddress("edge.example"))
        seen.connection = .failure(DialFailure(code, at: hop, towards: edge))
        return seen
    }

    private func reached(
        _ handshake: EdgeObservation.Handshake = .done(keyExchange: "X25519", nil, outdated: nil),
        _ control: EdgeObservation.Control? = .admitted,
        through proxy: String? = nil
    ) -> EdgeObservation {
        var seen = EdgeObservation()
        seen.proxy = proxy
        seen.connection = .success("192.0.2.1")
        seen.handshake = handshake
        seen.control = control
        return seen
    }

    private func fault(_ diagnosis: EdgeDiagnosis) -> DoctorFinding? {
        diagnosis.findings.first { $0.verdict == .fail }
    }

    @Test func `an edge that lets the device in is fine`() throws {
        let diagnosis = try diagnosis(of: reached())
        #expect(diagnosis.findings.allSatisfy { $0.verdict == .ok })
        #expect(diagnosis.clock == nil)
        #expect(diagnosis.identity == nil)
    }

    @Test(
        arguments: [
            (.nameNotFound, .edge, .dns, .network), (.resolverFailed, .edge, .dns, .network),
            (.refused, .edge, .tcp, .edge), (.filtered, .edge, .tcp, .network), (.unreachable, .edge, .tcp, .network),
            (.refused, .proxy("p:1"), .proxy, .proxy), (.nameNotFound, .proxy("p:1"), .proxy, .proxy),
            (.proxyNeedsPassword, .proxy("p:1"), .proxy, .proxy), (.proxyCannotReach, .proxy("p:1"), .proxy, .proxy),
        ] as [(DialFailure.Code, DialFailure.Hop, DoctorFinding.Check, DoctorFinding.Hop)]
    )
    func `a way that is barred is at fault, and nothing behind it`(
        code: DialFailure.Code,
        at hop: DialFailure.Hop,
        check: DoctorFinding.Check,
        blames: DoctorFinding.Hop
    ) throws {
        let diagnosis = try diagnosis(of: failed(code, at: hop))
        let culprit = try #require(fault(diagnosis))
        #expect(culprit.check == check)
        #expect(culprit.hop == blames)
        #expect(diagnosis.findings.filter { $0.verdict == .fail }.count == 1)
        #expect(diagnosis.findings.suffix(2).map(\.verdict) == [.skipped, .skipped])
    }

    @Test func `an edge that refuses because it drains is told as such`() throws {
        let refused = try failed(.refused)
        #expect(fault(try diagnosis(of: refused, isDraining: true))?.finding.contains("draining") == true)
        #expect(fault(try diagnosis(of: refused))?.finding.contains("draining") == false)
        let closing = reached(.refused(.closed, nil), nil)
        #expect(fault(try diagnosis(of: closing, isDraining: true))?.finding.contains("draining") == true)
        #expect(fault(try diagnosis(of: closing))?.finding.contains("draining") == false)
        let notice = reached(control: .notice(GoAwayNotice(.draining, message: "")))
        #expect(fault(try diagnosis(of: notice))?.finding.contains("draining") == true)
    }

    private func reached(control: EdgeObservation.Control) -> EdgeObservation {
        reached(.done(keyExchange: "X25519", nil, outdated: nil), control)
    }

    // MARK: Whose certificate it is

    @Test func `a stranger that speaks of tunnels is another operator's edge`() throws {
        let certificate = PresentedCertificate(issuer: "Some CA", notBefore: now, notAfter: now)
        let seen = reached(.stranger(.unknownIssuer, certificate, speaksTunnel: true), nil)
        let culprit = try #require(fault(try diagnosis(of: seen)))
        #expect(culprit.check == .tls)
        #expect(culprit.hop == .edge)
        #expect(culprit.finding.contains("another operator") && culprit.finding.contains("'Some CA'"))
    }

    @Test func `any other stranger opens TLS on the way`() throws {
        let certificate = PresentedCertificate(issuer: "Corp Proxy CA", notBefore: now, notAfter: now)
        let handshake = EdgeObservation.Handshake.stranger(.wrongChainLength, certificate, speaksTunnel: false)
        let direct = try #require(fault(try diagnosis(of: reached(handshake, nil))))
        #expect(direct.check == .proxy)
        #expect(direct.hop == .network)
        #expect(direct.finding.contains("issued by 'Corp Proxy CA'"))
        let proxied = try #require(fault(try diagnosis(of: reached(handshake, nil, through: "proxy:3128"))))
        #expect(proxied.hop == .proxy)
        #expect(proxied.finding.contains("The proxy at proxy:3128"))
    }

    // MARK: Whose clock is right

    @Test func `an edge from the future means that the clock is behind`() throws {
        let leaf = PresentedCertificate(issuer: nil, notBefore: now + 2 * day, notAfter: now + 30 * day)
        let seen = reached(.done(keyExchange: "X25519", leaf, outdated: .notYetValid))
        let diagnosis = try diagnosis(of: seen)
        #expect(diagnosis.clock?.verdict == .fail)
        #expect(diagnosis.clock?.finding.contains("behind by 2 days") == true)
        #expect(fault(diagnosis) == nil)
    }

    @Test func `an edge that lets in a device whose time is over means that the clock is ahead`() throws {
        let diagnosis = try diagnosis(of: reached(), .expired(now - day))
        #expect(diagnosis.clock?.verdict == .fail)
        #expect(diagnosis.clock?.finding.contains("ahead by 1 day") == true)
        #expect(diagnosis.identity?.verdict == .ok)
        #expect(fault(diagnosis) == nil)
    }

    @Test func `an edge that agrees leaves the certificate at fault`() throws {
        let seen = reached(control: .notice(GoAwayNotice(.deviceExpired, message: "")))
        let diagnosis = try diagnosis(of: seen, .expired(now - day))
        #expect(diagnosis.clock == nil)
        #expect(diagnosis.identity == nil)
        #expect(fault(diagnosis) == nil)
    }

    @Test func `an edge that disagrees about a valid certificate has another clock`() throws {
        let behind = try diagnosis(of: reached(control: .notice(GoAwayNotice(.deviceExpired, message: ""))))
        #expect(behind.clock?.finding.contains("behind") == true)
        let ahead = try diagnosis(of: reached(control: .notice(GoAwayNotice(.deviceNotYetValid, message: ""))))
        #expect(ahead.clock?.finding.contains("ahead") == true)
    }

    @Test func `an edge whose certificate has expired is at fault, or the clock`() throws {
        let leaf = PresentedCertificate(issuer: nil, notBefore: now - 30 * day, notAfter: now - day)
        let culprit = try #require(
            fault(try diagnosis(of: reached(.done(keyExchange: "X25519", leaf, outdated: .expired))))
        )
        #expect(culprit.check == .tls)
        #expect(culprit.finding.contains("by this machine's clock"))
        #expect(culprit.nextStep?.contains("clock") == true)
    }

    // MARK: What the edge says

    @Test(arguments: GoAwayNotice.Code.allCases)
    func `every notice is a fault of the device or of the edge`(code: GoAwayNotice.Code) throws {
        let diagnosis = try diagnosis(of: reached(control: .notice(GoAwayNotice(code, message: "words"))))
        #expect(fault(diagnosis) != nil || diagnosis.clock?.verdict == .fail)
    }

    @Test(arguments: [EdgeObservation.Control.alert("unknown_ca"), .ended("it closed"), .silent])
    func `whatever else keeps the device out is a fault`(control: EdgeObservation.Control) throws {
        #expect(fault(try diagnosis(of: reached(control: control)))?.check == .control)
    }
}
