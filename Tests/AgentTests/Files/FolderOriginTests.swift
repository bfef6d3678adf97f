import Foundation
import HTTP2
import NIOCore
import NIOPosix
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(2)))
struct FolderOriginTests {
    /// As large as several pieces, and no multiple of one.
    private static let large = String(repeating: "0123456789abcdef", count: 40_000) + "end"

    @Test func `serves a file`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        try await FolderHarness.with(folder) { harness in
            let answer = try await harness.get("/a.txt?v=1")
            #expect(answer.status == "200" && answer.body == "hello" && answer.code == .noError)
            #expect(answer.fields["content-type"] == "text/plain; charset=utf-8")
            let record = try await harness.nextRecord()
            #expect(record.method == "GET" && record.path == "/a.txt" && record.status == 200 && record.sent == 5)
        }
    }

    @Test func `serves a file of many pieces, and any part of it`() async throws {
        let folder = try SampleFolder(["large.bin": Self.large])
        try await FolderHarness.with(folder) { harness in
            let whole = try await harness.get("/large.bin")
            #expect(whole.body == Self.large)
            #expect(whole.fields["content-length"] == String(Self.large.utf8.count))
            let part = try await harness.get("/large.bin", ["range": "bytes=65535-200000"])
            #expect(part.status == "206")
            #expect(part.body.utf8.elementsEqual(Self.large.utf8.dropFirst(65_535).prefix(134_466)))
            let end = try await harness.get("/large.bin", ["range": "bytes=-3"])
            #expect(end.body == "end" && end.fields["content-range"] == "bytes 640000-640002/640003")
        }
    }

    @Test func `serves many visitors at once`() async throws {
        let folder = try SampleFolder(["large.bin": Self.large])
        try await FolderHarness.with(folder) { harness in
            var visits: [Visit] = []
            for _ in 0..<20 { visits.append(try await harness.visit("/large.bin")) }
            for visit in visits { #expect(await visit.answer().body == Self.large) }
            #expect(try await harness.jobs() == (0, 0))
        }
    }

    @Test func `answers a HEAD and a 304 without a body`() async throws {
        let folder = try SampleFolder(["a.txt": "hello", "empty": ""])
        try await FolderHarness.with(folder) { harness in
            let head = try await harness.get("/a.txt", [":method": "HEAD"])
            #expect(head.status == "200" && head.body.isEmpty && head.fields["content-length"] == "5")
            let same = try await harness.get("/a.txt", ["if-none-match": head.fields["etag"] ?? ""])
            #expect(same.status == "304" && same.body.isEmpty && same.fields["content-length"] == nil)
            let empty = try await harness.get("/empty")
            #expect(empty.status == "200" && empty.body.isEmpty && empty.fields["content-length"] == "0")
            #expect(try await harness.get("/none", [":method": "HEAD"]).body.isEmpty)
        }
    }

    @Test func `serves the index of a folder, behind the slash`() async throws {
        let folder = try SampleFolder(["docs/index.html": "<p>"])
        try await FolderHarness.with(folder) { harness in
            let redirect = try await harness.get("/docs?x=1")
            #expect(redirect.status == "307" && redirect.fields["location"] == "./docs/?x=1")
            let index = try await harness.get("/docs/")
            #expect(index.status == "200" && index.body == "<p>")
            #expect(index.fields["content-type"] == "text/html; charset=utf-8")
        }
    }

    @Test func `lists a folder only where that is allowed`() async throws {
        let folder = try SampleFolder(["b/<i>.txt": "x"])
        let hidden = try await FolderHarness.with(folder) { try await $0.get("/b/") }
        #expect(hidden.status == "404" && !hidden.body.contains("txt"))
        let shown = try await FolderHarness.with(folder, listing: true) { try await $0.get("/b/") }
        #expect(shown.status == "200" && shown.body.contains("&lt;i&gt;.txt"))
        #expect(shown.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(shown.fields["content-length"] == String(shown.body.utf8.count))
    }

    @Test(
        arguments: [
            ("/%2e%2e/etc/passwd", "404"), ("//evil.example/..", "404"), ("/..%2fx", "404"), ("/.env", "404"),
            ("/a%00", "404"), ("/%ff", "400"), ("/%", "400"), ("/none", "404"), ("/a.txt/", "404"), ("/link", "404"),
        ]
    )
    func `answers a target that leads nowhere`(_ target: String, _ status: String) async throws {
        let folder = try SampleFolder(["a.txt": "hello", ".env": "secret"])
        try folder.link("link", to: "/etc/hostname")
        try await FolderHarness.with(folder, listing: true) { harness in
            let answer = try await harness.get(target)
            #expect(answer.status == status && answer.fields["location"] == nil)
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(try await harness.nextRecord().status == Int(status))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"])
    func `takes no method that is not for reading`(_ method: String) async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        let answer = try await FolderHarness.with(folder) { try await $0.get("/a.txt", [":method": method]) }
        #expect(answer.status == "405" && answer.fields["allow"] == "GET, HEAD")
        #expect(answer.fields["content-length"] == String(answer.body.utf8.count))
    }

    @Test func `takes what a visitor sends along, and drops it`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        try await FolderHarness.with(folder) { harness in
            let visit = try await harness.visit("/a.txt", [":method": "POST"], ends: false)
            for _ in 0..<32 { try await visit.send(ByteBuffer(repeating: 0x61, count: 64 * 1024)) }
            try await visit.finish()
            #expect(await visit.answer().status == "405")
        }
    }

    @Test func `says that the folder is gone`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        try await FolderHarness.with(folder) { harness in
            try FileManager.default.removeItem(atPath: folder.path)
            let answer = try await harness.get("/a.txt")
            #expect(answer.status == "502")
            #expect(answer.fields["proxy-status"] == "osm-agent; error=destination_unavailable")
        }
    }

    // MARK: While a file is sent

    @Test func `reads no further than the visitor does`() async throws {
        let folder = try SampleFolder([:])
        try folder.write("huge.bin", Data(count: 8 << 20))
        try await FolderHarness.with(folder) { harness in
            let slow = try await harness.visit("/huge.bin", reads: false)
            // Whoever is slow keeps nobody waiting, and nothing is read for them meanwhile.
            for _ in 0..<20 { #expect(try await harness.get("/huge.bin", ["range": "bytes=0-9"]).status == "206") }
            #expect(try await harness.jobs() == (0, 0))
            try await slow.readOn()
            let answer = await slow.answer()
            #expect(answer.body.utf8.count == 8 << 20 && answer.code == .noError)
        }
    }

    @Test(arguments: SampleFolder.Mishap.allCases)
    func `breaks off when the file does not stay what it was`(_ mishap: SampleFolder.Mishap) async throws {
        let folder = try SampleFolder([:])
        try folder.write("b/huge.bin", Data(count: 8 << 20))
        try await FolderHarness.with(folder) { harness in
            let visit = try await harness.visit("/b/huge.bin", reads: false)
            guard case .head(.response, let fields) = await visit.next() else { throw FolderProblem.missing }
            #expect(fields[":status"] == "200")
            try folder.undergo(mishap, "b/huge.bin")
            try await visit.readOn()
            #expect(await visit.answer().code == .internalError)
            let record = try await harness.nextRecord()
            #expect(record.status == 200 && record.sent < 8 << 20)
        }
    }

    @Test func `stops when the visitor goes away`() async throws {
        let folder = try SampleFolder([:])
        try folder.write("huge.bin", Data(count: 8 << 20))
        try await FolderHarness.with(folder) { harness in
            let visit = try await harness.visit("/huge.bin", reads: false)
            guard case .head = await visit.next() else { throw FolderProblem.missing }
            try await visit.reset(.cancel)
            let record = try await harness.nextRecord()
            #expect(record.status == 200 && record.sent < 8 << 20)
        }
    }

    @Test func `tells of every request once, also when the tunnel ends`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        try folder.write("huge.bin", Data(count: 8 << 20))
        try await FolderHarness.with(folder) { harness in
            let visit = try await harness.visit("/huge.bin", reads: false)
            guard case .head = await visit.next() else { throw FolderProblem.missing }
            _ = try await harness.get("/a.txt")
            harness.stop()
            var paths: [String] = []
            for await record in harness.records { paths.append(record.path) }
            #expect(paths == ["/a.txt", "/huge.bin"])
        }
    }

    // MARK: A disk that hangs

    @Test func `does not wait for a disk for ever`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        let stuck = StuckThread(threads)
        try await FolderHarness.with(folder, deadline: .seconds(1), threads: threads) { harness in
            let visits = try await [harness.visit("/a.txt"), harness.visit("/a.txt"), harness.visit("/a.txt")]
            for visit in visits {
                let answer = await visit.answer()
                #expect(answer.status == "504")
                #expect(answer.fields["proxy-status"] == "osm-agent; error=http_response_timeout")
            }
            #expect(try await harness.jobs() == (2, 1))
            stuck.release()
            #expect(try await harness.get("/a.txt").body == "hello")
            #expect(try await harness.jobs() == (0, 0))
        }
        try await threads.shutdownGracefully()
    }

    @Test func `answers when there are no threads to wait for a disk`() async throws {
        let folder = try SampleFolder(["a.txt": "hello"])
        let threads = NIOThreadPool(numberOfThreads: 1)
        let answer = try await FolderHarness.with(folder, threads: threads) { try await $0.get("/a.txt") }
        #expect(answer.status == "503" && answer.fields["retry-after"] == "1")
    }
}

/// A thread that does nothing until it is told to go on.
private final class StuckThread: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    init(_ threads: NIOThreadPool) { threads.submit { [semaphore] _ in semaphore.wait() } }

    func release() { semaphore.signal() }
}
