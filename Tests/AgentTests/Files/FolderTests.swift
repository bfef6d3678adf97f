import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Agent

struct FolderTests {
    private func find(_ target: String, in folder: SampleFolder, listing: Bool = false) throws(FolderProblem)
        -> Folder.Finding
    {
        let path: FolderPath
        do { path = try FolderPath(target: Array(target.utf8)) } catch { throw .unreadable }
        return try folder.folder.find(path, listing: listing)
    }

    private func file(_ target: String, in folder: SampleFolder) throws -> Folder.File {
        guard case .file(let file) = try find(target, in: folder) else { throw FolderProblem.missing }
        return file
    }

    @Test func `finds files at any depth, and the index of a folder`() throws {
        let folder = try SampleFolder([
            "a.txt": "abc", "b/c/d.txt": "deep", "b/index.html": "<p>", "index.html": "root",
        ])
        #expect(try file("/a.txt", in: folder).facts.size == 3)
        #expect(try file("/b/c/d.txt", in: folder).names == ["b", "c", "d.txt"])
        #expect(try file("/b/", in: folder).names == ["b", "index.html"])
        #expect(try file("/", in: folder).names == ["index.html"])
        #expect(try find("/b", in: folder) == .lacksSlash)
        #expect(try find("/b/c", in: folder) == .lacksSlash)
    }

    @Test(arguments: ["/none", "/none/a", "/a.txt/", "/a.txt/b", "/b/", "/b/none", "/b/index.html", "/"])
    func `has nothing where there is nothing`(_ target: String) throws {
        let folder = try SampleFolder(["a.txt": "abc", "b/c.txt": "x"])
        #expect(throws: FolderProblem.missing) { try find(target, in: folder) }
    }

    /// Inside or outside, to a file, a folder, itself or nothing: a link is not followed.
    @Test(arguments: [
        "/out", "/out/", "/out/secret.txt", "/file", "/in", "/in/", "/in/c.txt", "/loop", "/loop/x", "/dead", "/up/",
        "/i/",
    ])
    func `goes through no symbolic link`(_ target: String) throws {
        let outside = try SampleFolder(["secret.txt": "secret", "index.html": "secret"])
        let folder = try SampleFolder(["b/c.txt": "x", "i/x": ""])
        try folder.link("out", to: outside.path)
        try folder.link("file", to: outside.path + "/secret.txt")
        try folder.link("in", to: "b")
        try folder.link("loop", to: "loop")
        try folder.link("dead", to: "/nowhere")
        try folder.link("up", to: "..")
        try folder.link("i/index.html", to: "../b/c.txt")
        #expect(throws: FolderProblem.missing) { try find(target, in: folder) }
    }

    @Test func `has no obstacle when it is there, and otherwise says what to do`() throws {
        let folder = try SampleFolder(["a.txt": "abc"])
        #expect(folder.folder.obstacle == nil)
        let none = "\(folder.path)/none"
        #expect(Folder(path: none).obstacle == "There is no folder '\(none)'. Create it, or correct the path.")
        let file = try #require(Folder(path: "\(folder.path)/a.txt").obstacle)
        #expect(file.hasPrefix("'\(folder.path)/a.txt' is not a folder. "))
    }

    @Test func `is the target of an endpoint only when it is there`() throws {
        let folder = try SampleFolder(["a.txt": "abc"])
        #expect(throws: Never.self) { try EndpointSpec(name: "a", kind: "http", target: folder.path).endpoint() }
        for target in ["\(folder.path)/none", "\(folder.path)/a.txt"] {
            let problem = #expect(throws: EndpointProblem.self) {
                try EndpointSpec(name: "a", kind: "http", target: target).endpoint()
            }
            #expect(problem?.member == "target")
            #expect(problem?.sentence.contains("'\(target)'") == true)
        }
    }

    @Test func `follows the link that the folder itself may be`() throws {
        let real = try SampleFolder(["a.txt": "abc"])
        let other = try SampleFolder([:])
        try other.link("site", to: real.path)
        let path = try FolderPath(target: "/a.txt".utf8)
        let finding = try Folder(path: other.path + "/site").find(path, listing: false)
        guard case .file = finding else {
            Issue.record("\(finding)")
            return
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `neither waits for a pipe nor opens it`() throws {
        let folder = try SampleFolder([:])
        try folder.pipe("fifo")
        #expect(throws: FolderProblem.missing) { try find("/fifo", in: folder) }
        #expect(throws: FolderProblem.missing) { try find("/fifo/", in: folder) }
    }

    @Test func `says that the folder itself is gone, and serves it when it is back`() throws {
        let folder = try SampleFolder(["site/a.txt": "abc"])
        let site = Folder(path: folder.path + "/site")
        let path = try FolderPath(target: "/a.txt".utf8)
        try FileManager.default.removeItem(atPath: site.path)
        #expect(throws: FolderProblem.folderMissing) { try site.find(path, listing: true) }
        try folder.write("site/a.txt", "new")
        #expect(throws: Never.self) { try site.find(path, listing: true) }
    }

    @Test func `reads what was asked for`() throws {
        let folder = try SampleFolder(["a.txt": "0123456789"])
        let file = try file("/a.txt", in: folder)
        #expect(try folder.folder.read(file, 0..<10) == ByteBuffer(string: "0123456789"))
        #expect(try folder.folder.read(file, 3..<5) == ByteBuffer(string: "34"))
        #expect(try folder.folder.read(file, 10..<10).readableBytes == 0)
    }

    @Test func `reads on in a file that grows`() throws {
        let folder = try SampleFolder(["a.log": "0123456789"])
        let file = try file("/a.log", in: folder)
        try folder.append("a.log", "more")
        #expect(try folder.folder.read(file, 5..<10) == ByteBuffer(string: "56789"))
    }

    @Test(arguments: SampleFolder.Mishap.allCases)
    func `does not read on in a file that is not the same`(_ mishap: SampleFolder.Mishap) throws {
        let folder = try SampleFolder(["b/a.txt": "0123456789"])
        let file = try file("/b/a.txt", in: folder)
        try folder.undergo(mishap, "b/a.txt")
        #expect(throws: mishap.problem) { try folder.folder.read(file, 0..<10) }
    }

    @Test func `lists what can be asked for and nothing else`() throws {
        let folder = try SampleFolder([
            "b.txt": "xy", "a/c": "", ".env": "secret", ".git/config": "secret", "c\u{1}d": "",
        ])
        try folder.link("link", to: "b.txt")
        try folder.pipe("fifo")
        guard case .listing(let listing) = try find("/", in: folder, listing: true) else { throw FolderProblem.missing }
        #expect(listing.entries.map(\.name) == ["a", "b.txt"])
        #expect(listing.entries.map(\.isFolder) == [true, false])
        #expect(listing.entries.map(\.size).last == 2)
        #expect(listing.isWhole)
    }

    @Test func `lists so many entries and says that there are more`() throws {
        let names = (0...FolderListing.mostShown).map { "f\($0)" }
        let folder = try SampleFolder(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        guard case .listing(let listing) = try find("/", in: folder, listing: true) else { throw FolderProblem.missing }
        #expect(listing.entries.count == FolderListing.mostShown)
        #expect(!listing.isWhole)
        #expect(listing.html.contains("There is more"))
    }
}
