import Cryptography
import FoundationEssentials

extension AuthorityFolder {
    package var invitations: String { "\(path)/invitations" }

    func invitation(_ digest: String) -> String { "\(invitations)/\(digest).json" }

    /// What is known of the token with that digest; nil when there never was one, or it was withdrawn.
    func readInvitation(_ digest: String) throws -> Invitation? {
        let path = invitation(digest)
        guard DurableFile.mode(path) != nil else { return nil }
        let bytes: [UInt8]
        do throws(FileFailure) {
            bytes = try DurableFile.read(path, limit: Self.fileLimit)
        } catch {
            if error.code == .missing { return nil }  // withdrawn at this moment
            throw AuthorityError(error)
        }
        do {
            return try JSONDecoder().decode(Invitation.self, from: Data(bytes))
        } catch {
            throw AuthorityError(.unreadable, "\(path) is not an invitation", next: "remove the file and invite again")
        }
    }

    /// Every invitation in the folder by its digest, the one that ends first in front.
    func invitationsByDigest() throws -> [(digest: String, invitation: Invitation)] {
        try entries(of: invitations).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
            .compactMap { name in
                let digest = String(name.dropLast(".json".count))
                return try readInvitation(digest).map { (digest, $0) }
            }
            .sorted { ($0.1.expires, $0.0) < ($1.1.expires, $1.0) }
    }

    /// Every invitation that is remembered, the one that ends first in front.
    package func listInvitations() throws -> [Invitation] {
        try Authority.requireAuthority(self)
        return try invitationsByDigest().map(\.invitation)
    }
}
