import Foundation
import NIOCore
import TestSupport
import Testing
import Trust

@testable import Edge

struct EdgeIdentityTests {
    private let ca: ThrowawayCA
    private let files: EdgeIdentityFiles

    init() throws {
        ca = try ThrowawayCA()
        let list = "\(ca.scratchPath)/devices.crl"
        try FileManager.default.copyItem(atPath: ca.deviceListPath, toPath: list)
        files = EdgeIdentityFiles(
            certificate: try ca.edgeChainPath(),
            key: try ca.edgeKeyPath(),
            operatorBundle: ca.bundlePath,
            deviceRevocations: list
        )
    }

    private func state(revocations: String) throws -> EdgeIdentityState {
        var files = files
        files.deviceRevocations = revocations
        return try EdgeIdentityState(EdgeIdentityContents(files), files: files, at: .now)
    }

    @Test func `a list that steps back is not taken, and the newer one stays`() throws {
        let old = try state(revocations: try #require(files.deviceRevocations))
        try ca.revoke(device: try ca.issueDevice().id)
        let new = try state(revocations: ca.deviceListPath)
        #expect(new.revocations.first?.count == 1)
        #expect(old.keepingNewer(of: new.revocations).revocations.first?.count == 1)
        #expect(new.keepingNewer(of: old.revocations).revocations.first?.count == 1)
    }

    @Test func `what is no file, or far too long, is named and not read`() throws {
        for path in ["/dev/zero", ca.scratchPath] {
            var odd = files
            odd.certificate = path
            let error = #expect(throws: EdgeIdentityError.self) { try odd.check() }
            #expect(error?.description == "\(path): it is not a file")
        }
        let long = "\(ca.scratchPath)/long.pem"
        try Data().write(to: URL(filePath: long))
        let handle = try #require(FileHandle(forWritingAtPath: long))
        try handle.truncate(atOffset: 65 << 20)
        var odd = files
        odd.key = long
        let error = #expect(throws: EdgeIdentityError.self) { try odd.check() }
        #expect(error?.description == "\(long): it is longer than 64 MiB")
    }

    @Test(.timeLimit(.minutes(5)))
    func `an older list keeps no renewed certificate back`() async throws {
        let list = try #require(files.deviceRevocations)
        let before = try Data(contentsOf: URL(filePath: list))
        let later = Date.now.addingTimeInterval(24 * 3600)
        let renewed = try ca.issueEdge("renewed.\(ca.domain)", at: later)
        try ca.revoke(device: try ca.issueDevice().id)
        try Data(contentsOf: URL(filePath: ca.deviceListPath)).write(to: URL(filePath: list))
        let identity = try ReplaceableFiles(in: ca.scratchPath, first: ca.edge())
        let (certificate, key) = (identity.certificate, identity.key)
        let configured: (inout EdgeConfiguration) -> Void = {
            $0.identity.deviceRevocations = list
            $0.identityCheckInterval = .milliseconds(20)
        }
        try await EngineHarness.withEdge(of: ca, certificate: certificate, key: key, configured: configured) { edge in
            let name = "osm_edge_cert_expiry_timestamp_seconds"
            let first = try #require(edge.figure(name))
            try before.write(to: URL(filePath: list))
            try identity.put(renewed)
            try await eventually { edge.figure(name) != first }
        }
    }
}
