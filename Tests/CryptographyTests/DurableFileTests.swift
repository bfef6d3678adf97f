import Cryptography
import Foundation
import Testing

struct DurableFileTests {
    @Test func `never overwrites a file that is there`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("key", [1])
        #expect { try DurableFile.create(path, [2]) } throws: { ($0 as? FileFailure)?.code == .exists }
        #expect(try DurableFile.read(path, limit: 10) == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["key"], "no neighbour stays")
    }

    @Test func `replaces a file in one step`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("head", [1])
        try DurableFile.replace(path, [2, 3])
        #expect(try DurableFile.read(path, limit: 10) == [2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["head"])
    }

    @Test func `keeps everything from others`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("key", [1])
        try DurableFile.append([1], to: "\(scratch.path)/log")
        try DurableFile.makeFolder("\(scratch.path)/folder")
        #expect(DurableFile.mode(scratch.path) == 0o700)
        #expect(DurableFile.mode(path) == 0o600)
        #expect(DurableFile.mode("\(scratch.path)/log") == 0o600)
        #expect(DurableFile.mode("\(scratch.path)/folder") == 0o700)
    }

    @Test func `refuses to follow a symbolic link`() throws {
        let scratch = try Scratch()
        let target = try scratch.write("target", [1])
        let link = "\(scratch.path)/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect { try DurableFile.read(link, limit: 10) } throws: { ($0 as? FileFailure)?.code == .denied }
        #expect { try DurableFile.append([2], to: link) } throws: { ($0 as? FileFailure)?.code == .denied }
        #expect { try DurableFile.create(link, [2]) } throws: { ($0 as? FileFailure)?.code == .exists }
        #expect(try DurableFile.read(target, limit: 10) == [1])
    }

    @Test func `reads no more than it is told`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("big", [UInt8](repeating: 0, count: 100_001))
        #expect(try DurableFile.read(path, limit: 100_001).count == 100_001)
        #expect { try DurableFile.read(path, limit: 100_000) } throws: { ($0 as? FileFailure)?.code == .tooLarge }
    }

    @Test func `gives the lock to one holder at a time`() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/.lock"
        do {
            let first = try FolderLock.take(path, patience: .zero)
            #expect { _ = try FolderLock.take(path, patience: .milliseconds(30)) } throws: {
                ($0 as? FileFailure)?.code == .busy
            }
            _ = consume first
        }
        _ = try FolderLock.take(path, patience: .zero)
    }
}
