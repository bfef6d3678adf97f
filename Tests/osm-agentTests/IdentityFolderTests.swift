import Foundation
import TestSupport
import Testing
import Trust

@testable import Agent
@testable import osm_agent

struct IdentityFolderTests {
    /// What to do next, as the refusal says.
    private func nextStep(_ folder: IdentityFolder) -> String? {
        let exit = #expect(throws: AgentExit.self) { _ = try folder.credentials() }
        return exit?.nextStep
    }

    @Test func `says which command comes next until there is a certificate`() throws {
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: "\(scratch.path)/identity")
        #expect(nextStep(folder)?.hasSuffix("osm-agent identity create --identity \(folder.path)") == true)
        #expect(nextStep(folder)?.contains("osm-agent enroll --identity \(folder.path);") == true)
        try folder.create(name: "laptop")
        let next = try #require(nextStep(folder))
        #expect(next.hasPrefix("Send \(folder.requestPath) to your operator, "))
        #expect(next.hasSuffix("osm-agent identity install --identity \(folder.path) device.pem"))
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func enrolled(_ keyPEM: String, by ca: ThrowawayCA, _ id: String) throws -> DeviceCredentials {
        let der = try DeviceCredentials.request(keyPEM: keyPEM, commonName: "laptop")
        let text = Data(der).base64EncodedString(options: .lineLength64Characters)
        let request = "-----BEGIN CERTIFICATE REQUEST-----\n\(text)\n-----END CERTIFICATE REQUEST-----\n"
        return try DeviceCredentials(keyPEM: keyPEM, chainPEM: try ca.issueDevice(requestPEM: request, id: id))
    }

    @Test func `a key to enrol with is made once, and its owner's alone`() throws {
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: "\(scratch.path)/identity")
        let key = try folder.keyToEnrol(isAnother: false)
        #expect(try folder.keyToEnrol(isAnother: false) == key)
        #expect(try mode(folder.keyPath) == 0o600)
        #expect(try mode(folder.path) == 0o700)
    }

    @Test func `a key that was made by hand is the one to enrol with`() throws {
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: scratch.path)
        try folder.create(name: "laptop")
        let key = try String(contentsOfFile: folder.keyPath, encoding: .utf8)
        #expect(try folder.keyToEnrol(isAnother: false) == key)
    }

    @Test func `another key waits beside the present one until it has a certificate`() throws {
        let ca = try ThrowawayCA()
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: scratch.path)
        let first = try folder.keyToEnrol(isAnother: false)
        try folder.adopt(try enrolled(first, by: ca, "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"))
        let second = try folder.keyToEnrol(isAnother: true)
        #expect(second != first)
        #expect(try folder.credentials().keyPEM == first)
        // An answer was lost: the same key is asked with again, whether or not it is said once more.
        #expect(try folder.keyToEnrol(isAnother: false) == second)
        try folder.adopt(try enrolled(second, by: ca, "7f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"))
        #expect(try folder.credentials().keyPEM == second)
        #expect(try mode(folder.keyPath) == 0o600)
        #expect(try folder.keyToEnrol(isAnother: false) == second)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["device.key", "device.pem"]
        )
    }

    @Test func `a renewed certificate takes the place of the old one and touches no key`() throws {
        let ca = try ThrowawayCA()
        let scratch = try TemporaryFolder()
        let folder = IdentityFolder(path: scratch.path)
        let id = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
        let key = try folder.keyToEnrol(isAnother: false)
        try folder.adopt(try enrolled(key, by: ca, id))
        let renewed = try enrolled(key, by: ca, id)
        try folder.install(chainPEM: renewed.chainPEM)
        #expect(try folder.credentials().identity == renewed.identity)
        let other = try ca.issueDevice()
        #expect(throws: AgentExit.self) { try folder.install(chainPEM: other.chainPEM) }
        #expect(try folder.credentials().identity == renewed.identity)
    }
}
