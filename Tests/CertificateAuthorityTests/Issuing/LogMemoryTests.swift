import Cryptography
import Foundation
import TestSupport
import Testing

@testable import CertificateAuthority

struct LogMemoryTests {
    private let authority: ThrowawayCA
    private let memory = LogMemory()

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func bytes() throws -> [UInt8] { try DurableFile.read(authority.folder.log, limit: 1 << 20) }

    @Test func `what was read before and what came since is the same log as one read at once`() throws {
        for _ in 0..<3 {
            let remembered = try memory.read(bytes())
            let whole = IssuanceLog(try bytes())
            #expect(remembered.entries == whole.entries && remembered.damages.isEmpty)
            #expect(remembered.wholeBytes == whole.wholeBytes && remembered.tornBytes == 0)
            _ = try authority.issueDevice()
        }
    }

    @Test func `a line that was changed behind the memory's back is damage`() throws {
        _ = try memory.read(bytes())
        for place in [20, 300] {
            var changed = try bytes()
            changed[place] ^= 1
            #expect(try memory.read(changed).damages == IssuanceLog(changed).damages)
            #expect(try !memory.read(changed).damages.isEmpty)
            #expect(try memory.read(bytes()).damages.isEmpty)
        }
    }

    @Test func `a log that became shorter, or whose new end is torn, is read for what it is`() throws {
        let first = try bytes()
        _ = try authority.issueDevice()
        let second = try bytes()
        _ = try memory.read(second)
        #expect(try memory.read(first).entries.count == 5)
        let torn = try memory.read(Array(second.dropLast(10)))
        #expect(torn.entries.count == 5 && torn.tornBytes > 0 && torn.wholeBytes == first.count)
        #expect(try memory.read(second).entries.count == 6)
        var forged = second
        forged[first.count + 30] ^= 1
        #expect(try memory.read(forged).damages == IssuanceLog(forged).damages)
    }
}
