import HTTP1

/// What is in a folder, as a page that runs nothing and loads nothing.
struct FolderListing: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        let name: String
        let isFolder: Bool
        /// In bytes; of a file.
        let size: Int
        let modified: HTTPDate
    }

    let names: [String]
    let entries: [Entry]
    let isWhole: Bool

    /// How many entries a page shows.
    static let mostShown = 500
    /// How many names of a folder are looked at.
    static let mostRead = 10_000

    init(names: [String], entries: [Entry], isWhole: Bool) {
        self.names = names
        self.entries = entries
        self.isWhole = isWhole
    }

    /// Reads the folder: what can be asked for, and nothing else.
    init(_ folder: borrowing Descriptor, names: [String]) throws(FolderProblem) {
        let found = try folder.names(limit: Self.mostRead)
        var entries: [Entry] = []
        var isWhole = found.areAll
        for name in found.names.sorted() {
            guard let facts = Self.facts(of: name, in: folder), facts.kind != .other else { continue }
            guard entries.count < Self.mostShown else {
                isWhole = false
                break
            }
            let modified = HTTPDate(seconds: facts.modified.seconds)
            entries.append(
                Entry(name: name, isFolder: facts.kind == .folder, size: facts.size, modified: modified)
            )
        }
        self.init(names: names, entries: entries, isWhole: isWhole)
    }

    /// What goes away while the folder is read was not there.
    private static func facts(of name: String, in folder: borrowing Descriptor) -> FileFacts? {
        do throws(FolderProblem) { return try folder.facts(of: name) } catch { return nil }
    }

    /// What the page may do (Content Security Policy Level 3): nothing.
    static let policy: StaticString = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The page, in which every name is text and every link one segment below this folder.
    var html: String {
        let title = HTMLText.escaped("/" + names.map { $0 + "/" }.joined())
        var page = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <h1>\(title)</h1>
            <table>
            <tr><th align="left">Name<th align="right">Bytes<th align="left">Modified

            """
        if !names.isEmpty { page += "<tr><td><a href=\"../\">../</a><td><td>\n" }
        for entry in entries { page += Self.row(entry) }
        page += "</table>\n"
        if !isWhole { page += "<p>There is more in this folder than is shown.\n" }
        return page
    }

    private static func row(_ entry: Entry) -> String {
        let slash = entry.isFolder ? "/" : ""
        let target = "./\(FolderPath.encoded(entry.name))\(slash)"
        let link = "<a href=\"\(target)\"><bdi>\(HTMLText.escaped(entry.name))</bdi>\(slash)</a>"
        let size = entry.isFolder ? "" : String(entry.size)
        return "<tr><td>\(link)<td align=\"right\">\(size)<td>\(entry.modified)\n"
    }
}
