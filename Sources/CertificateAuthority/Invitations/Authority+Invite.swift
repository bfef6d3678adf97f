import Cryptography
package import FoundationEssentials
package import TunnelProtocol

extension Authority {
    /// Makes an invitation that is good for `life` seconds; its token is told here and never again.
    package func invite(
        _ name: String,
        life: TimeInterval = Invitation.usualLife
    ) throws -> (token: EnrolmentToken, invitation: Invitation) {
        try requirePlain(name)
        guard (Invitation.shortestLife...Invitation.longestLife).contains(life) else {
            throw AuthorityError(
                .invalidInput,
                "an invitation cannot be good for \(Int(life)) seconds",
                next: "choose between 10 minutes and 7 days"
            )
        }
        let present = try forgetOld(folder.invitationsByDigest())
        guard !present.contains(where: { $0.name == name && $0.standing(at: now()) == .open }) else {
            throw AuthorityError(
                .exists,
                "there is an open invitation for \"\(name)\" already, and its token is not shown again",
                next: "withdraw it with \"ca-tools invite --withdraw \(name)\", or choose another name"
            )
        }
        guard present.count < Invitation.limit else {
            throw AuthorityError(
                .wrongStage,
                "there are \(present.count) invitations, and more are not kept",
                next: "withdraw some that nobody will use"
            )
        }
        let invitation = Invitation(name: name, created: now(), life: life)
        let token = try at(folder.invitations) {
            if DurableFile.mode(folder.invitations) == nil { try DurableFile.makeFolder(folder.invitations) }
            let token = try EnrolmentToken.draw()
            try DurableFile.create(folder.invitation(token.digest), invitation.encoded())
            return token
        }
        return (token, invitation)
    }

    /// Takes back every invitation with that name, used ones included; answers how many were still open.
    package func withdrawInvitations(named name: String) throws -> Int {
        let named = try folder.invitationsByDigest().filter { $0.invitation.name == name }
        guard !named.isEmpty else {
            throw AuthorityError(
                .invalidInput,
                "there is no invitation for \"\(name.prefix(100))\"",
                next: "see \"ca-tools invite --list\""
            )
        }
        for (digest, _) in named { try at(folder.invitations) { try DurableFile.remove(folder.invitation(digest)) } }
        return named.filter { $0.invitation.standing(at: now()) == .open }.count
    }

    /// Notes who uses an invitation, before anything is issued: from then on it is for that key alone.
    func spend(_ invitation: Invitation, digest: String, on key: String) throws -> Invitation.Use {
        if let use = invitation.use { return use }
        var spent = invitation
        let use = Invitation.Use(device: DeviceID().description, key: key, time: now().rfc3339)
        spent.use = use
        try at(folder.invitations) { try DurableFile.replace(folder.invitation(digest), spent.encoded()) }
        return use
    }

    /// Removes what ended long ago; answers what is left.
    private func forgetOld(_ present: [(digest: String, invitation: Invitation)]) throws -> [Invitation] {
        let oldest = now().addingTimeInterval(-Invitation.remembrance).rfc3339
        for (digest, invitation) in present where invitation.expires < oldest {
            try at(folder.invitations) { try DurableFile.remove(folder.invitation(digest)) }
        }
        return present.map(\.invitation).filter { $0.expires >= oldest }
    }
}
