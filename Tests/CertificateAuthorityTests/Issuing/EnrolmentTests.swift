import Cryptography
import Foundation
import TestSupport
import Testing
import TunnelProtocol

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct EnrolmentTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    @Test func `a token and a request become a device with a certificate that leads to the root`() async throws {
        let token = try authority.invite("Ada's laptop")
        let applicant = try Applicant()
        try await withDesk(authority) { desk in
            let certificate = try await desk.enrol(token: token, csr: applicant.csr)
            #expect(certificate.name == "Ada's laptop")
            let id = try DeviceID(certificate.device)
            let chain = try authority.folder.certificates(authority.folder.device(id))
            #expect(try chain.map { Data(try $0.der()).base64EncodedString() } == certificate.chain)
            #expect(try chain[0].alternativeNames() == [.uri(id.uri)])
            #expect(try chain[0].publicKey().publicKeyDER() == applicant.key.publicKeyDER())
            #expect(try chain[0].notAfter().rfc3339 == certificate.notAfter)
            let root = try authority.folder.certificate(authority.rootPath)
            try PathCheck(roots: [root], purpose: .client, date: Date()).verify(chain[0], through: [chain[1]])
            let entry = try #require(try authority.issuedDevices().last)
            #expect(entry.subject == id.uri && entry.label == "Ada's laptop")
        }
        #expect(try Audit.run(authority.folder).isClean)
        #expect(try authority.folder.listInvitations().map { $0.standing(at: Date()) } == [.used])
    }

    @Test func `of many keys that send one token at once, through two services, one becomes the device`() async throws {
        let token = try authority.invite()
        let applicants = try (0..<8).map { _ in try Applicant().csr }
        try await withDesk(authority) { one in
            try await withDesk(authority) { other in
                let codes = await withTaskGroup(of: IssuanceRefusal?.self) { group in
                    for (index, csr) in applicants.enumerated() {
                        let desk = index.isMultiple(of: 2) ? one : other
                        group.addTask {
                            await desk.code(token: token, csr: csr)
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(codes.filter { $0 == nil }.count == 1)
                #expect(codes.filter { $0 == .invitationUsed }.count == 7)
            }
        }
        #expect(try authority.issuedDevices().count == 1)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `the same key gets the same certificate again as long as the token lives`() async throws {
        let token = try authority.invite()
        let applicant = try Applicant()
        let again = try Applicant.request(of: applicant.key)
        try await withDesk(authority) { desk in
            let first = try await desk.enrol(token: token, csr: applicant.csr)
            #expect(try await desk.enrol(token: token, csr: again) == first)
        }
        #expect(try authority.issuedDevices().count == 1)
        try await withDesk(authority, at: { Date() + 3_601 }) { desk in
            #expect(await desk.code(token: token, csr: again) == .invitationExpired)
        }
    }

    @Test func `a token that another key has used, that ended, was taken back or never was one is refused`()
        async throws
    {
        let (used, withdrawn) = (try authority.invite("used"), try authority.invite("withdrawn"))
        let ended = try authority.invite("ended", life: 600, at: Date() - 601)
        #expect(try authority.open().withdrawInvitations(named: "withdrawn") == 1)
        let unknown = try EnrolmentToken.draw().text
        let (first, second) = (try Applicant().csr, try Applicant().csr)
        try await withDesk(authority) { desk in
            _ = try await desk.enrol(token: used, csr: first)
            let expected: [(String, IssuanceRefusal)] = [
                (used, .invitationUsed), (ended, .invitationExpired), (withdrawn, .invitationUnknown),
                (unknown, .invitationUnknown), ("", .invitationUnknown), ("osmi_", .invitationUnknown),
                ("osmi_../../bundle/operator-ca", .invitationUnknown), (used.uppercased(), .invitationUnknown),
                ("\(used) ", .invitationUnknown),
            ]
            for (token, code) in expected {
                #expect(await desk.code(token: token, csr: second) == code)
            }
        }
        #expect(try authority.issuedDevices().count == 1)
    }

    @Test func `a service killed between the log and the certificate goes on with the same device`() async throws {
        let token = try authority.invite()
        let applicant = try Applicant()
        try await withDesk(authority) { desk in
            let first = try await desk.enrol(token: token, csr: applicant.csr)
            try DurableFile.remove(authority.folder.device(DeviceID(first.device)))
            let second = try await desk.enrol(token: token, csr: applicant.csr)
            #expect(second.device == first.device && second.chain != first.chain)
            let stranger = try Applicant().csr
            #expect(await desk.code(token: token, csr: stranger) == .invitationUsed)
        }
        #expect(try authority.issuedDevices().count == 2)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `a service killed before the log has spent the token on one key alone`() async throws {
        let token = try authority.invite()
        let digest = try #require(try EnrolmentToken(token)?.digest)
        let applicant = try Applicant()
        let invitation = try #require(try authority.folder.readInvitation(digest))
        let use = try authority.open().spend(invitation, digest: digest, on: KeyRequest(base64: applicant.csr).key)
        try await withDesk(authority) { desk in
            let stranger = try Applicant().csr
            #expect(await desk.code(token: token, csr: stranger) == .invitationUsed)
            #expect(try await desk.enrol(token: token, csr: applicant.csr).device == use.device)
        }
    }

    @Test func `a device that was revoked gets nothing more for its token`() async throws {
        let token = try authority.invite()
        let applicant = try Applicant()
        try await withDesk(authority) { desk in
            try authority.revoke(device: try await desk.enrol(token: token, csr: applicant.csr).device)
            #expect(await desk.code(token: token, csr: applicant.csr) == .invitationUsed)
        }
    }

    @Test func `what is no request of a key on P-256 is refused and spends nothing`() async throws {
        let token = try authority.invite()
        let good = try Applicant()
        let der = try #require(Data(base64Encoded: good.csr))
        var forged = der
        forged[der.count - 1] ^= 1
        let pem = String(
            decoding: try SigningRequest.make(key: good.key, subject: DistinguishedName()).pem(),
            as: UTF8.self
        )
        let bad = [
            "", "not base64", pem, der.dropLast().base64EncodedString(), (der + [0]).base64EncodedString(),
            forged.base64EncodedString(), try Applicant(.p384).csr, Data(count: 8_000).base64EncodedString(),
            String(repeating: "A", count: 15_000),
        ]
        try await withDesk(authority) { desk in
            for csr in bad {
                #expect(await desk.code(token: token, csr: csr) == .requestRefused)
            }
        }
        #expect(try authority.folder.listInvitations().map { $0.standing(at: Date()) } == [.open])
        #expect(try authority.issuedDevices().isEmpty)
    }

    @Test func `the folder holds no token, and its digest is all that finds an invitation`() throws {
        let token = try authority.invite()
        let files = try FileManager.default.subpathsOfDirectory(atPath: authority.folder.path)
        for file in files {
            let path = "\(authority.folder.path)/\(file)"
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            #expect(bytes.range(of: Data(token.dropFirst(5).utf8)) == nil, "\(file)")
        }
        let digest = try Digest.sha256(Array(token.utf8)).hexadecimal
        #expect(files.contains("invitations/\(digest).json"))
        #expect(DurableFile.mode("\(authority.folder.invitations)/\(digest).json") == 0o600)
    }
}
