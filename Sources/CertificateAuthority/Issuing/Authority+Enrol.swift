import Cryptography
import FoundationEssentials
import TunnelProtocol

extension AuthorityFolder {
    /// The invitation with that digest, when the key may use it at that moment.
    ///
    /// Reads one small file, whatever comes out of it.
    func usableInvitation(_ digest: String, for key: String, at date: Date) throws -> Invitation {
        guard let invitation = try readInvitation(digest) else { throw IssuerRefusal(.invitationUnknown) }
        switch invitation.standing(at: date) {
        case .open: break
        case .expired: throw IssuerRefusal(.invitationExpired)
        case .used:
            // An answer may get lost: who proves to hold the same key gets it again.
            guard invitation.use?.key == key else { throw IssuerRefusal(.invitationUsed) }
        }
        return invitation
    }
}

extension Authority {
    /// What a device is issued at most within an hour: enough for every lost answer, too little to fill a disk with.
    static let mostRenewalsAnHour = 6

    /// Enrols the device that holds a token; the same key gets the same device as long as the token lives.
    ///
    /// The invitation is spent on disk before anything is issued. Whoever is killed in between leaves an invitation that
    /// is still good for the same key, and never one that is good for two.
    mutating func enrol(_ digest: String, _ request: KeyRequest) throws -> DeviceCertificate {
        let invitation = try folder.usableInvitation(digest, for: request.key, at: now())
        let use = try spend(invitation, digest: digest, on: request.key)
        let id = try DeviceID(use.device)
        if DurableFile.mode(folder.device(id)) == nil {
            _ = try issueDevice(request.request, id: id, label: invitation.name, renew: false)
        } else {
            guard try !isRevoked(id), try keyOfLastCertificate(id) == request.key else {
                throw IssuerRefusal(.invitationUsed)
            }
        }
        return try DeviceCertificate(of: id, name: invitation.name, in: folder)
    }

    /// Issues the next certificate of a device that an edge has authenticated, for the key of its last one alone.
    mutating func renew(_ id: DeviceID, _ request: KeyRequest) throws -> DeviceCertificate {
        guard DurableFile.mode(folder.device(id)) != nil else { throw IssuerRefusal(.deviceUnknown) }
        guard try !isRevoked(id) else { throw IssuerRefusal(.deviceRevoked) }
        guard try keyOfLastCertificate(id) == request.key else { throw IssuerRefusal(.keyChanged) }
        let anHourAgo = now().addingTimeInterval(-3_600).rfc3339
        let issued = log.entries.filter { $0.event == .deviceIssued && $0.subject == id.uri }
        guard issued.filter({ $0.time > anHourAgo }).count < Self.mostRenewalsAnHour else {
            throw IssuerRefusal(.tooMany)
        }
        let label = issued.last { $0.label != nil }?.label
        _ = try issueDevice(request.request, id: id, label: label, renew: true)
        return try DeviceCertificate(of: id, name: label, in: folder)
    }

    private func keyOfLastCertificate(_ id: DeviceID) throws -> String {
        let path = folder.device(id)
        let leaf = try folder.certificate(path)
        return try at(path) { try KeyRequest.fingerprint(leaf.publicKey()) }
    }
}
