import FoundationEssentials

/// What the paths in a configuration file mean: relative ones start at the file's folder, `~/` at the user's.
struct FilePaths: Sendable, Equatable {
    /// Absolute, without a slash at the end; nil where relative paths stay as they are.
    let folder: String?
    let home: String?

    /// For what a file says.
    init(file path: String, home: String?, current: String) {
        let absolute = path.hasPrefix("/") ? path : "\(current == "/" ? "" : current)/\(path)"
        folder = String(absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)])
        self.home = home
    }

    /// For what a variable or a flag says, which means the folder where the command runs.
    init(home: String?) {
        folder = nil
        self.home = home
    }

    /// For what a command line says, whose shell has expanded `~` already.
    static var here: FilePaths {
        FilePaths(file: "flags", home: nil, current: FileManager.default.currentDirectoryPath)
    }

    /// The file that is meant.
    func resolved(_ path: String) -> String {
        if let home, path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        guard let folder, !path.hasPrefix("/"), !path.isEmpty else { return path }
        return "\(folder)/\(path.hasPrefix("./") ? path.dropFirst(2) : path[...])"
    }

    /// A target of an endpoint, of which only a folder and a socket file are paths.
    func resolvedTarget(_ target: String) -> String {
        for socket in ["unix:", "http2+unix:"] where target.hasPrefix(socket) {
            return socket + resolved(String(target.dropFirst(socket.count)))
        }
        let isPath = [".", "..", "~"].contains(target) || ["./", "../", "~/"].contains { target.hasPrefix($0) }
        return isPath ? resolved(target) : target
    }
}
