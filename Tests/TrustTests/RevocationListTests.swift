import Crypto
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Trust

struct RevocationListTests {
    private let serial = Certificate.SerialNumber(bytes: [0x80, 1, 2, 3])

    @Test func `reads serial numbers, dates and number from DER and PEM`() throws {
        let owner = try Operator()
        let minted = MintedRevocationList(serials: [serial, Certificate.SerialNumber(bytes: [7])], number: 12)
        for bytes in [
            try minted.signed(by: owner.deviceCA), Array(try minted.pem(signedBy: owner.deviceCA).utf8),
        ] {
            let list = try RevocationList(bytes)
            #expect(list.count == 2)
            #expect(list.number == 12)
            #expect(list.thisUpdate == Operator.now - 60)
            #expect(list.nextUpdate == Operator.now + 86_400)
            #expect(list.contains(serial: [0x80, 1, 2, 3]) && list.contains(serial: [0, 0x80, 1, 2, 3]))
            #expect(list.contains(serial: [7]) && !list.contains(serial: [8]))
        }
    }

    @Test func `reads an empty list without a number and without an end`() throws {
        let owner = try Operator()
        let list = try RevocationList(MintedRevocationList(number: nil, nextUpdate: nil).signed(by: owner.edgeCA))
        #expect(list.count == 0 && list.number == nil && list.nextUpdate == nil)
        #expect(!list.isStale(at: .distantFuture))
    }

    @Test func `reads what OpenSSL issues`() throws {
        let owner = try Operator()
        let list = try RevocationList(try issuedByOpenSSL(owner.deviceCA)).confirmed(by: [try owner.deviceCA.der])
        #expect(list.contains(serial: [0xAB, 0xCD]))
        #expect(list.number == 0x1001)
    }

    @Test func `shows when a newer one should have come`() throws {
        let owner = try Operator()
        let list = try RevocationList(MintedRevocationList(nextUpdate: Operator.now).signed(by: owner.deviceCA))
        #expect(!list.isStale(at: Operator.now))
        #expect(list.isStale(at: Operator.now + 1))
    }

    @Test func `is confirmed by its issuer alone`() throws {
        let owner = try Operator()
        let namesake = try Operator()
        let list = try RevocationList(MintedRevocationList().signed(by: owner.deviceCA))
        _ = try list.confirmed(by: [try owner.edgeCA.der, try owner.deviceCA.der])
        for strangers in [[], [try owner.edgeCA.der], [try namesake.deviceCA.der]] {
            #expect(throws: RevocationListError.unknownIssuer) { try list.confirmed(by: strangers) }
        }
    }

    @Test func `is not confirmed by a CA that may not sign lists`() throws {
        let owner = try Operator(deviceCA: { $0.keyUsage = KeyUsage(keyCertSign: true) })
        let list = try RevocationList(MintedRevocationList().signed(by: owner.deviceCA))
        #expect(throws: RevocationListError.unknownIssuer) { try list.confirmed(by: [try owner.deviceCA.der]) }
    }

    @Test func `takes back only what its own issuer issued`() throws {
        let owner = try Operator()
        let namesake = try Operator()
        let leaf = try PeerCertificate(der: try Operator.deviceLeaf.minted(by: owner.deviceCA).der)
        let minted = MintedRevocationList(serials: [leaf.certificate.serialNumber])
        let issuer = try PeerCertificate(der: owner.deviceCA.der)
        let own = try RevocationList(minted.signed(by: owner.deviceCA))
        #expect(own.revokes(leaf, issuedBy: issuer))
        #expect(try own.confirmed(by: [issuer.der]).revokes(leaf, issuedBy: issuer))
        for stranger in [owner.edgeCA, namesake.deviceCA] {
            #expect(try !RevocationList(minted.signed(by: stranger)).revokes(leaf, issuedBy: issuer))
        }
    }

    @Test func `gives way to a newer list of the same issuer alone`() throws {
        let owner = try Operator()
        func list(_ number: UInt64?, _ issuer: Minted) throws -> RevocationList {
            try RevocationList(MintedRevocationList(number: number).signed(by: issuer))
        }
        let held = try list(5, owner.deviceCA)
        #expect(try list(6, owner.deviceCA).mayReplace(held))
        #expect(try list(5, owner.deviceCA).mayReplace(held))
        #expect(try !list(4, owner.deviceCA).mayReplace(held))
        #expect(try !list(nil, owner.deviceCA).mayReplace(held))
        #expect(try !list(6, owner.edgeCA).mayReplace(held))
    }

    @Test func `refuses a critical extension, another version and more than the limit`() throws {
        let owner = try Operator()
        // id-ce-deltaCRLIndicator: the list would only add to another.
        let delta = MintedRevocationList(criticalExtension: [2, 5, 29, 27])
        #expect(throws: RevocationListError.unknownCriticalExtension) {
            try RevocationList(delta.signed(by: owner.deviceCA))
        }
        #expect(throws: RevocationListError.unreadable) {
            try RevocationList(MintedRevocationList(version: 0).signed(by: owner.deviceCA))
        }
        let large = [UInt8](repeating: 0x30, count: RevocationList.limit + 1)
        #expect(throws: RevocationListError.tooLarge) { try RevocationList(large) }
        #expect(throws: RevocationListError.unreadable) { try RevocationList(Array(try owner.root.pem.utf8)) }
    }

    @Test func `never reads a list that is cut off`() throws {
        let owner = try Operator()
        let bytes = try MintedRevocationList(serials: [serial]).signed(by: owner.deviceCA)
        for length in bytes.indices {
            #expect(throws: RevocationListError.unreadable) { try RevocationList(Array(bytes[..<length])) }
        }
    }

    @Test func `never confirms a list with one bit changed`() async throws {
        let owner = try Operator()
        let issuer = try owner.deviceCA.der
        let bytes = try MintedRevocationList(serials: [serial]).signed(by: owner.deviceCA)
        for bit in 0..<(bytes.count * 8) {
            var spoilt = bytes
            spoilt[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: RevocationListError.self) { try RevocationList(spoilt).confirmed(by: [issuer]) }
            if bit.isMultiple(of: 64) { await Task.yield() }
        }
    }

    /// A list from `openssl ca`, with one entry that has a reason.
    private func issuedByOpenSSL(_ issuer: Minted) throws -> [UInt8] {
        try OpenSSL.withTemporaryFolder { folder in
            func path(_ name: String) -> String { folder.appending(path: name).path }
            func write(_ text: String, _ name: String) throws {
                try Data(text.utf8).write(to: folder.appending(path: name))
            }
            try write(try issuer.pem, "ca.pem")
            try write(try issuer.key.serializeAsPEM().pemString, "ca.key")
            try write("R\t360101000000Z\t260101000000Z,keyCompromise\tABCD\tunknown\t/CN=x\n", "index")
            try write("1001\n", "number")
            try write(
                """
                [ca]
                default_ca=d
                [d]
                database=\(path("index"))
                crlnumber=\(path("number"))
                default_md=sha384
                default_crl_days=7
                crl_extensions=e
                [e]
                authorityKeyIdentifier=keyid
                """,
                "config"
            )
            let result = try OpenSSL.run([
                "ca", "-gencrl", "-config", path("config"), "-cert", path("ca.pem"), "-keyfile", path("ca.key"),
                "-out", path("list.pem"),
            ])
            guard result.accepts else { throw OpenSSLFailure(output: result.output) }
            return Array(try Data(contentsOf: folder.appending(path: "list.pem")))
        }
    }
}
