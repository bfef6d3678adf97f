import Cryptography
import Foundation
import TestSupport
import Testing
import TunnelProtocol

@testable import CertificateAuthority

struct InvitationTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    @Test func `a token is osmi_ and 32 random bytes in base64url`() throws {
        let tokens = try (0..<200).map { _ in try EnrolmentToken.draw().text }
        #expect(Set(tokens).count == tokens.count)
        for token in tokens {
            #expect(token.wholeMatch(of: #/osmi_[A-Za-z0-9_-]{43}/#) != nil)
            let read = try #require(EnrolmentToken(token))
            #expect(try read.digest == Digest.sha256(Array(token.utf8)).hexadecimal)
        }
    }

    @Test func `an open name is not given twice, and a withdrawn one is free again`() throws {
        let now = Date()
        _ = try authority.invite("laptop", at: now)
        let error = #expect(throws: AuthorityError.self) { try authority.invite("laptop", at: now) }
        #expect(error?.code == .exists)
        #expect(try authority.open(at: now).withdrawInvitations(named: "laptop") == 1)
        #expect(throws: AuthorityError.self) { try authority.open(at: now).withdrawInvitations(named: "laptop") }
        _ = try authority.invite("laptop", at: now)
        _ = try authority.invite("laptop", at: now + 3_601)
        #expect(try authority.folder.listInvitations().map { $0.standing(at: now + 3_601) } == [.expired, .open])
    }

    @Test(arguments: [0, 599, 7 * 86_400 + 1, -3_600])
    func `a life below ten minutes or above seven days is refused`(seconds: Int) throws {
        #expect(throws: AuthorityError.self) { try authority.invite(life: TimeInterval(seconds)) }
        #expect(try authority.folder.listInvitations().isEmpty)
    }

    @Test(arguments: ["", "say \"hi\"", "back\\slash", "two\nlines", "K\u{fc}che", String(repeating: "a", count: 101)])
    func `a name that the issuance log could not carry is refused`(name: String) throws {
        #expect(throws: AuthorityError.self) { try authority.invite(name) }
    }

    @Test func `what ended a month ago is forgotten with the next invitation`() throws {
        let now = Date()
        _ = try authority.invite("old", at: now - 40 * 86_400)
        _ = try authority.invite("recent", at: now - 20 * 86_400)
        _ = try authority.invite("new", at: now)
        #expect(try authority.folder.listInvitations().map(\.name) == ["recent", "new"])
    }

    @Test func `more than a thousand are not kept`() throws {
        let now = Date()
        _ = try authority.invite("first", at: now)
        let invitation = try Invitation(name: "many", created: now, life: 3_600).encoded()
        for index in 1..<Invitation.limit {
            let path = authority.folder.invitation("\(index)")
            try Data(invitation).write(to: URL(filePath: path))
        }
        let error = #expect(throws: AuthorityError.self) { try authority.invite("last", at: now) }
        #expect(error?.problem.contains("1000") == true)
    }
}
