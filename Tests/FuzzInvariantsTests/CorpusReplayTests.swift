import Foundation
import FuzzInvariants
import Testing

/// Replays every input that is kept, found by a fuzzer or thought of by a person, without a fuzzer.
struct CorpusReplayTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzzing/corpus")

    private static func inputs(of target: FuzzTarget) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: corpus.appending(path: target.rawValue),
            includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `holds for every input that is kept`(_ target: FuzzTarget) throws {
        let inputs = try Self.inputs(of: target)
        #expect(!inputs.isEmpty)
        for input in inputs {
            let bytes = [UInt8](try Data(contentsOf: input))
            #expect(throws: Never.self, "\(target.rawValue)/\(input.lastPathComponent)") { try target.run(bytes) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `holds when a kept input is cut short or has one byte changed`(_ target: FuzzTarget) async throws {
        for input in try Self.inputs(of: target) {
            await Task.yield()
            let bytes = [UInt8](try Data(contentsOf: input).prefix(2048))
            for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 24)) {
                var changed = bytes
                changed[place] ^= 1 << UInt8(place % 8)
                let name = "\(target.rawValue)/\(input.lastPathComponent) at \(place)"
                #expect(throws: Never.self, "\(name), cut") { try target.run(Array(bytes.prefix(place))) }
                #expect(throws: Never.self, "\(name), changed") { try target.run(changed) }
            }
        }
    }

    @Test func `keeps a corpus for no parser that is gone`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(folders) == Set(FuzzTarget.allCases.map(\.rawValue)))
    }
}
