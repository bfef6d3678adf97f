import Foundation
import TestSupport
import Testing

/// Uploads as clients of container registries make them: in parts, with their ranges, and a hash at the end.
@Suite(
    .enabled(if: TestPrograms.pythonWithLibraries != nil, "needs the programs that ./dev test builds"),
    .serialized
)
struct BlobUploadTests {
    private static let size = 64 << 20

    @Test(.timeLimit(.minutes(3)), arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `uploads a blob in parts and fetches the same`(version: String) async throws {
        let folder = try TemporaryFolder()
        let blob = "\(folder.path)/blob"
        _ = try Shell.script("head -c \(Self.size) /dev/urandom > \"$1\"", [blob])
        let digest = "sha256:\(try Shell.script("sha256sum < \"$1\" | cut -c 1-64 | tr -d '\\n'", [blob]).output)"
        let tunnel = try await RunningTunnel(serving: .script("http_origin.py", folder.path))
        let begun = try tunnel.visit("/v2/test/blobs/uploads/", version, "-X", "POST", "-i").output
        let location = try #require(begun.split(separator: "\r\n").first { $0.lowercased().hasPrefix("location: ") })
        let upload = String(location.dropFirst("location: ".count))

        let half = Self.size / 2
        // The first half with its length, after 100 (Continue); the second in chunks, from a pipe.
        let first = try part(blob, "head -c \(half)", 0..<half, false, version, tunnel.url(upload))
        #expect(first.contains(" 202 "))
        if version == "--http1.1" { #expect(first.contains("HTTP/1.1 100 Continue")) }
        let wrong = try part(blob, "head -c 1000", 5..<1005, false, version, tunnel.url(upload))
        #expect(wrong.contains(" 416 "))
        let second = try part(blob, "tail -c \(half)", half..<Self.size, true, version, tunnel.url(upload))
        #expect(second.contains(" 202 "))

        let done = try tunnel.visit("\(upload)?digest=\(digest)", version, "-X", "PUT", "-i").output
        #expect(done.contains(" 201 "))
        #expect(done.lowercased().contains("docker-content-digest: \(digest)"))
        let fetch = "curl -sS \"$1\" \"$2\" | sha256sum | cut -c 1-64 | tr -d '\\n'"
        let fetched = try Shell.script(fetch, [version, tunnel.url("/v2/test/blobs/\(digest)")]).output
        #expect("sha256:\(fetched)" == digest)
        if version == "--http1.1" { #expect(tunnel.origin.output.contains("chunked PATCH \(upload)\n")) }
    }

    /// Cuts a part out of the blob and sends it; the answer with all that curl has seen.
    private func part(
        _ blob: String,
        _ cut: String,
        _ range: Range<Int>,
        _ inChunks: Bool,
        _ version: String,
        _ url: String
    ) throws -> String {
        let body = inChunks ? "-T -" : "--data-binary \"@$1.part\" -H 'Expect: 100-continue'"
        return try Shell.script(
            """
            \(cut) "$1" > "$1.part"
            cat "$1.part" | curl -sS -v "$2" -X PATCH \(body) -H "Content-Range: $3" \
                -H 'Content-Type: application/octet-stream' "$4" 2>&1
            """,
            [blob, version, "\(range.lowerBound)-\(range.upperBound - 1)", url]
        ).output
    }
}
