import Cryptography
import Foundation
import TestSupport
import Testing
import Trust

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct BakeTests {
    private let authority: ThrowawayCA
    private let agent: String

    init() throws {
        authority = try ThrowawayCA(domain: "tunnel.test")
        agent = "\(authority.scratchPath)/osm-agent"
    }

    private func write(_ bytes: [UInt8]) throws { try DurableFile.replace(agent, bytes, mode: 0o755) }
    private func read(_ path: String? = nil) throws -> [UInt8] { try DurableFile.read(path ?? agent, limit: 1 << 20) }
    private func bundle() throws -> [UInt8] { try DurableFile.read(authority.bundlePath, limit: 100_000) }

    @Test func `the program stays as it is, and the bundle stands behind its end`() throws {
        try write(PretendAgent.bytes())
        let baked = try authority.folder.bake(into: agent, writing: agent)
        let bytes = try read()
        #expect(bytes.starts(with: PretendAgent.bytes()))
        #expect(try BundleTrailer.find(in: bytes) == .bundle(bundle()))
        #expect(bytes.count == PretendAgent.bytes().count + (try bundle().count) + 48)
        #expect(DurableFile.mode(agent) == 0o755)
        #expect(baked.rootSHA256 == (try authority.folder.rootFingerprint()))
        #expect(baked.sha256 == (try Digest.sha256(bytes).hexadecimal))
    }

    @Test func `baking again replaces what was there`() throws {
        try write(PretendAgent.bytes())
        let otherAuthority = try ThrowawayCA(domain: "other.test")
        _ = try otherAuthority.folder.bake(into: agent, writing: agent)
        let other = try read()
        _ = try authority.folder.bake(into: agent, writing: agent)
        let bytes = try read()
        #expect(bytes != other)
        #expect(bytes == PretendAgent.bytes() + BundleTrailer.appendix(for: try bundle()))
        _ = try authority.folder.bake(into: agent, writing: agent)
        #expect(try read() == bytes)
    }

    @Test func `the result may go elsewhere, and the prebuilt agent stays untouched`() throws {
        try write(PretendAgent.bytes())
        let place = "\(authority.scratchPath)/ready"
        _ = try authority.folder.bake(into: agent, writing: place)
        #expect(try read() == PretendAgent.bytes())
        #expect(try BundleTrailer.find(in: read(place)) == .bundle(bundle()))
    }

    @Test func `a trailer that was changed is damage, for the agent and for baking`() throws {
        try write(PretendAgent.bytes())
        _ = try authority.folder.bake(into: agent, writing: agent)
        let good = try read()
        // In the bundle, in the length, in the digest.
        for distance in [49, 60, 40, 33, 32, 1] {
            var bytes = good
            bytes[bytes.count - distance] ^= 1
            #expect(BundleTrailer.find(in: bytes) == .damaged, "\(distance)")
            try write(bytes)
            #expect(throws: AuthorityError.self) { try authority.folder.bake(into: agent, writing: agent) }
            #expect(try read() == bytes)
        }
        #expect(BundleTrailer.find(in: good.suffix(100)) == .damaged)
        #expect(BundleTrailer.find(in: good.dropLast(1)) == .nothing)
        #expect(BundleTrailer.find(in: good.suffix(47)) == .nothing)
        #expect(BundleTrailer.find(in: [UInt8]()) == .nothing)
    }

    @Test func `a trailer that claims more than a bundle may have is damage`() {
        let long = BundleTrailer.appendix(for: [UInt8](repeating: 1, count: OperatorBundle.limit + 1))
        #expect(BundleTrailer.find(in: long) == .damaged)
        let most = [UInt8](repeating: 1, count: OperatorBundle.limit)
        #expect(BundleTrailer.find(in: BundleTrailer.appendix(for: most)) == .bundle(most))
        #expect(BundleTrailer.find(in: BundleTrailer.appendix(for: [])) == .bundle([]))
        var endless = BundleTrailer.appendix(for: most)
        for index in endless.count - 40..<endless.count - 32 { endless[index] = 0xff }
        #expect(BundleTrailer.find(in: endless) == .damaged)
    }

    @Test func `what is no agent without a CA is refused and stays as it is`() throws {
        let taken = "osm-agent operator-ca slot taken"
        let refused = [
            PretendAgent.bytes(slot: taken), PretendAgent.bytes(slot: ""),
            Array("#!/bin/sh\n\(PrebuiltAgent.slot)\n".utf8), [],
            PretendAgent.elf,
        ]
        for bytes in refused {
            try write(bytes)
            let error = #expect(throws: AuthorityError.self) { try authority.folder.bake(into: agent, writing: agent) }
            #expect(error?.code == .invalidInput)
            #expect(try read() == bytes)
        }
        let tools = "\(ToolRun.programs)/ca-tools"
        #expect(throws: AuthorityError.self) { try authority.folder.bake(into: tools, writing: agent) }
    }

    @Test func `the bundle of a sample, and one that no agent could read, are refused`() throws {
        try write(PretendAgent.bytes())
        let sample = try ThrowawayCA(domain: "tunnel.test", isSample: true)
        let error = #expect(throws: AuthorityError.self) { try sample.folder.bake(into: agent, writing: agent) }
        #expect(error?.nextStep.contains("real CA") == true)
        try DurableFile.replace(authority.bundlePath, Array("{}".utf8))
        #expect(throws: AuthorityError.self) { try authority.folder.bake(into: agent, writing: agent) }
        #expect(try read() == PretendAgent.bytes())
    }
}
