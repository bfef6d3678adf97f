#if DEBUG || FUZZING
import HTTPFields
import NIOCore

@testable import Agent

/// What an agent reads in a request for a file of a folder.
enum FolderInvariants {
    static func path(_ bytes: [UInt8]) throws {
        guard let path = parsed(bytes) else { return }
        for name in path.names {
            try require(!name.isEmpty && name.utf8.count <= FolderPath.longestName, "a name has no good length")
            try require(name.utf8.first != UInt8(ascii: "."), "a hidden name is served")
            let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
            try require(isPlain, "a name is more than one name")
        }
        try require(path.names.count <= FolderPath.mostNames, "a path is too deep")
        let encoded = "/" + path.names.map { FolderPath.encoded($0) + "/" }.joined()
        let again = parsed(Array((path.isFolder ? encoded : String(encoded.dropLast())).utf8))
        try require(path.names.isEmpty || again == path, "a path changes when it is written down")
        guard let last = path.names.last else { return }
        let location = path.locationOfFolder(target: bytes)
        try require(location.hasPrefix("./\(FolderPath.encoded(last))/"), "a redirect leads elsewhere")
        try require(location.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a redirect is no field value")
        try checkPage(path)
    }

    private static func parsed(_ target: [UInt8]) -> FolderPath? {
        do throws(FolderPath.Refusal) { return try FolderPath(target: target) } catch { return nil }
    }

    /// Whatever a name says, it adds nothing to a page but its own text.
    private static func checkPage(_ path: FolderPath) throws {
        let modified = HTTPDate(seconds: 0)
        func page(_ name: String) -> String {
            let entry = FolderListing.Entry(name: name, isFolder: false, size: 1, modified: modified)
            return FolderListing(names: [name], entries: [entry], isWhole: true).html
        }
        let harmless = page("a")
        for name in path.names {
            for mark in "<>\"'".utf8 {
                let isSame = page(name).utf8.count { $0 == mark } == harmless.utf8.count { $0 == mark }
                try require(isSame, "a name adds markup to a page")
            }
        }
    }

    static func conditions(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let moment = FileFacts.Moment(seconds: 784_111_777, nanoseconds: 0)
        for size in [0, 1, 1000, Int.max] {
            for now in [moment.seconds, moment.seconds + 60] {
                let facts = FileFacts(
                    kind: .file,
                    device: 1,
                    inode: 1,
                    size: size,
                    modified: moment,
                    changed: moment
                )
                try checkAnswer(Folder.File(names: ["a.txt"], facts: facts), fields, HTTPDate(seconds: now))
            }
        }
        for value in fields.values("if-modified-since") {
            guard let date = HTTPDate(value) else { continue }
            try require(HTTPDate(date.description.utf8) == date, "a date changes when it is written down")
        }
        for value in fields.values("if-none-match") {
            guard case .tags(let tags) = EntityTagList(value) else { continue }
            let again = EntityTagList(tags.map(\.description).joined(separator: ", ").utf8)
            try require(again == .tags(tags), "tags change when they are written down")
        }
    }

    private static func checkAnswer(_ file: Folder.File, _ request: FieldSection, _ now: HTTPDate) throws {
        guard case .file(let head, let range) = FileResponse(file, to: request, at: now) else { return }
        let size = file.facts.size
        try require(range.lowerBound >= 0 && range.upperBound <= size, "a part lies outside of the file")
        switch head.string(":status") {
        case "200": try require(range == 0..<(request.isHead ? 0 : size), "all is not all")
        case "206":
            try require(!range.isEmpty && !request.isHead, "a part is nothing")
            let said = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            try require(head.string("content-range") == said, "a part is called another")
            try require(head.string("content-length") == String(range.count), "a part has another length")
        case "304": try require(range.isEmpty, "a 304 has a body")
        default: throw BrokenInvariant(description: "a status that no file has")
        }
    }
}
#endif
