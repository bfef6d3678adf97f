import Foundation
import NIOCore
import TestSupport

@testable import Agent

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A folder to serve, removed with everything in it when this object goes.
final class SampleFolder: Sendable {
    private let scratch: TemporaryFolder

    var path: String { scratch.path }
    var folder: Folder { Folder(path: path) }

    /// Makes it with texts by the paths of their files; folders are made where they are needed.
    init(_ files: [String: String]) throws {
        scratch = try TemporaryFolder()
        for (name, text) in files { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    func write(_ name: String, _ bytes: Data) throws {
        let place = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try bytes.write(to: place)
    }

    func append(_ name: String, _ text: String) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path).appending(path: name))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    func link(_ name: String, to destination: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: destination)
    }

    func pipe(_ name: String) throws {
        let made = unsafe mkfifo("\(path)/\(name)", 0o600)
        guard made == 0 else { throw FolderProblem.unreadable }
    }

    /// Sets back when a file was written to; `changed` stays as it is.
    func age(_ name: String, to date: Date) throws {
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: "\(path)/\(name)")
    }

    /// What may happen to a file, or to its folder, while it is served.
    enum Mishap: CaseIterable {
        case shortened, rewritten, replaced, removed, becameLink, folderMoved, folderBecameLink

        var problem: FolderProblem {
            switch self {
            case .shortened, .rewritten, .replaced: .changed
            case .removed, .becameLink, .folderMoved, .folderBecameLink: .missing
            }
        }
    }

    func undergo(_ mishap: Mishap, _ name: String) throws {
        let files = FileManager.default
        let place = "\(path)/\(name)"
        let parent = URL(filePath: place).deletingLastPathComponent().path
        switch mishap {
        case .shortened:
            let file = try FileHandle(forWritingTo: URL(filePath: place))
            try file.truncate(atOffset: 4)
            try file.close()
        case .rewritten: try age(name, to: Date(timeIntervalSince1970: 1_000_000_000))
        case .replaced:
            try write("new", Data(count: try Data(contentsOf: URL(filePath: place)).count))
            try files.removeItem(atPath: place)
            try files.moveItem(atPath: "\(path)/new", toPath: place)
        case .removed: try files.removeItem(atPath: place)
        case .becameLink:
            try files.moveItem(atPath: place, toPath: place + ".real")
            try files.createSymbolicLink(atPath: place, withDestinationPath: place + ".real")
        case .folderMoved: try files.moveItem(atPath: parent, toPath: parent + "-moved")
        case .folderBecameLink:
            try files.moveItem(atPath: parent, toPath: parent + "-moved")
            try files.createSymbolicLink(atPath: parent, withDestinationPath: parent + "-moved")
        }
    }
}
