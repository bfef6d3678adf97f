import Cryptography
import Foundation
import TestSupport
import Testing
import TunnelProtocol

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct RenewalTests {
    private let authority: ThrowawayCA
    private let applicant: Applicant
    private let device: String

    init() async throws {
        let authority = try ThrowawayCA(domain: "tunnel.test")
        let applicant = try Applicant()
        let request = try SigningRequest(der: Array(try #require(Data(base64Encoded: applicant.csr))), on: .p256)
        let id = DeviceID()
        var opened = try authority.open()
        _ = try opened.issueDevice(request, id: id, label: "laptop", renew: false)
        (self.authority, self.applicant, device) = (authority, applicant, id.description)
    }

    @Test func `the device's own key gets the next certificate, under the same name`() async throws {
        let before = try authority.folder.certificate(authority.folder.device(DeviceID(device))).serial()
        try await withDesk(authority) { desk in
            let renewed = try await desk.renew(device: device, csr: Applicant.request(of: applicant.key))
            #expect(renewed.device == device && renewed.name == "laptop" && renewed.chain.count == 2)
        }
        let after = try authority.folder.certificate(authority.folder.device(DeviceID(device))).serial()
        #expect(before != after)
        #expect(DurableFile.mode("\(authority.folder.devices)/past/\(before).pem") != nil)
        #expect(try authority.issuedDevices().map(\.label) == ["laptop", "laptop"])
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `an edge gets no certificate for a key of its own`() async throws {
        let other = try Applicant().csr
        try await withDesk(authority) { desk in
            #expect(await desk.code(device: device, csr: other) == .keyChanged)
        }
        #expect(try authority.issuedDevices().count == 1)
    }

    @Test func `a revoked device is not renewed, neither here nor by the command`() async throws {
        try authority.revoke(device: device)
        try await withDesk(authority) { desk in
            #expect(await desk.code(device: device, csr: applicant.csr) == .deviceRevoked)
        }
        let der = Array(try #require(Data(base64Encoded: applicant.csr)))
        var opened = try authority.open()
        let error = #expect(throws: AuthorityError.self) {
            try opened.issueDevice(SigningRequest(der: der, on: .p256), id: DeviceID(device), label: nil, renew: true)
        }
        #expect(error?.code == .revoked)
        #expect(try authority.issuedDevices().count == 1)
    }

    @Test(arguments: ["", "laptop", "../edges/tunnel.test/edge", "1B4E28BA-2FA1-41D2-883F-0016D3CCA427", "%00"])
    func `a device that was never issued for is unknown`(name: String) async throws {
        try await withDesk(authority) { desk in
            #expect(await desk.code(device: name, csr: applicant.csr) == .deviceUnknown)
            let new = DeviceID().description
            #expect(await desk.code(device: new, csr: applicant.csr) == .deviceUnknown)
        }
    }

    @Test func `a device that renews without end is stopped for the rest of the hour`() async throws {
        try await withDesk(authority) { desk in
            for _ in 1..<Authority.mostRenewalsAnHour { _ = try await desk.renew(device: device, csr: applicant.csr) }
            #expect(await desk.code(device: device, csr: applicant.csr) == .tooMany)
        }
        try await withDesk(authority, at: { Date() + 3_601 }) { desk in
            let renewed = try await desk.renew(device: device, csr: applicant.csr)
            #expect(renewed.device == device)
        }
    }

    @Test func `a folder that another command holds, or that is damaged, is unavailable and says no more`() async throws
    {
        let held = try authority.open()
        try await withDesk(authority) { desk in
            #expect(await desk.code(device: device, csr: applicant.csr) == .unavailable)
        }
        _ = consume held
        var log = try DurableFile.read(authority.folder.log, limit: 100_000)
        log[20] ^= 1
        try DurableFile.replace(authority.folder.log, log)
        try await withDesk(authority) { desk in
            #expect(await desk.code(device: device, csr: applicant.csr) == .unavailable)
        }
    }
}
