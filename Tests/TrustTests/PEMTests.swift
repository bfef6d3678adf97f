import SwiftASN1
import Testing
import X509

@testable import Trust

struct PEMTests {
    @Test func `reads the certificates of a file in order and passes over a key`() throws {
        let owner = try Operator()
        let key = try owner.edgeCA.key.serializeAsPEM().pemString
        let text = try owner.edgeCA.pem + key + "\n" + owner.root.pem
        #expect(try PEM.certificates(text) == [try owner.edgeCA.der, try owner.root.der])
    }

    @Test func `finds nothing in nothing`() throws {
        #expect(try PEM.certificates("").isEmpty)
        #expect(try PEM.certificates("no certificate").isEmpty)
    }

    @Test func `refuses a file that is too large, too full or broken`() throws {
        let pem = try Operator().root.pem
        let many = String(repeating: pem, count: PEM.certificateLimit + 1)
        #expect(throws: PEMError.tooLarge) { try PEM.certificates(many) }
        #expect(throws: PEMError.tooLarge) { try PEM.certificates(String(repeating: " ", count: PEM.limit + 1)) }
        #expect(throws: PEMError.unreadable) { try PEM.certificates(String(pem.dropLast(30))) }
    }

    @Test func `reads one certificate only when there is exactly one`() throws {
        let root = try Operator().root
        #expect(try PEM.certificate(root.pem) == root.der)
        #expect(throws: PEMError.unreadable) { try PEM.certificate(try root.pem + root.pem) }
        #expect(throws: PEMError.unreadable) { try PEM.certificate("") }
    }
}
