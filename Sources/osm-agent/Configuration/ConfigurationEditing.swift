import Agent
import FoundationEssentials
import Settings

/// One edit of a configuration file, from opening the editor to what is in the file's place afterwards.
struct ConfigurationEditing {
    let path: String
    /// Reads the file that is edited, and those that count besides.
    let loader: AgentFileLoader
    /// Shows a file to the person, and comes back when they have finished.
    let open: (String) throws -> Void
    /// Whether the person goes on after they have read what is wrong.
    let asksAgain: () -> Bool
    /// Tells the person something.
    let say: (String) -> Void

    /// The copy that is edited; it ends like the file, for editors that look at that.
    var draft: String {
        let name = path.hasSuffix(".yaml") ? path.dropLast(5) : path[...]
        return "\(name).draft.yaml"
    }

    /// Edits until the file is right, or the person has had enough.
    ///
    /// - Returns: What became of it, in a sentence.
    func run() throws -> String {
        try makeFolder()
        let original = try contents(of: path)
        try prepareDraft(original)
        while true {
            try open(draft)
            guard let typed = try contents(of: draft) else {
                throw failure("the copy \(draft) is gone: the editor has removed it")
            }
            if typed == original {
                try remove(draft)
                return "nothing changed in \(path)"
            }
            let problems = SettingsProblems(ConfigurationCheck.problems(loader, instead: [path: typed]))
            guard !problems.problems.isEmpty else { return try install(typed, original) }
            say(problems.description)
            guard asksAgain() else {
                throw AgentExit(
                    code: 2,
                    problem: "The configuration is not right, and \(path) is as it was.",
                    nextStep: "What you typed is in \(draft): osm-agent config edit goes on with it."
                )
            }
        }
    }

    private func prepareDraft(_ original: [UInt8]?) throws {
        guard SmallFile.isAbsent(draft) else {
            guard !isNewer(path, than: draft) else {
                throw AgentExit(
                    code: 1,
                    problem: "\(draft) is left from an earlier edit, and \(path) has changed since.",
                    nextStep: "Take from the copy what you need, remove it, and edit again."
                )
            }
            return say("going on with \(draft), which is left from an earlier edit")
        }
        try write(original ?? Array(ConfigurationTemplate.text.utf8), to: draft, mode: 0o600)
    }

    /// Puts the copy in the file's place, unless somebody else has changed that meanwhile.
    private func install(_ typed: [UInt8], _ original: [UInt8]?) throws -> String {
        guard try contents(of: path) == original else {
            throw AgentExit(
                code: 1,
                problem: "\(path) has been changed by somebody else meanwhile, and is as they left it.",
                nextStep: "What you typed is in \(draft)."
            )
        }
        // Where a link leads: the link itself stays.
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        try write(typed, to: target, mode: mode(of: target) ?? 0o600)
        try remove(draft)
        return "fine: \(path)"
    }

    private func contents(of path: String) throws -> [UInt8]? {
        guard !SmallFile.isAbsent(path) else { return nil }
        do throws(SettingRefusal) {
            // A file that is too long can still be made shorter.
            return try SmallFile.bytes(of: path, limit: 16 * 1024 * 1024)
        } catch {
            throw failure("\(path): \(error)")
        }
    }

    private func makeFolder() throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        try PrivateFolder.prepare(folder)
    }

    private func write(_ bytes: [UInt8], to path: String, mode: Int) throws {
        do {
            try PrivateFile.replace(path, bytes, mode: mode)
        } catch {
            throw failure("\(path) cannot be written")
        }
    }

    private func remove(_ path: String) throws {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw failure("\(path) cannot be removed")
        }
    }

    private func failure(_ problem: String) -> AgentExit {
        AgentExit(
            code: 1,
            problem: "The configuration was not edited: \(problem).",
            nextStep: "Name a file that is yours with -c, or edit this one as its owner."
        )
    }

    private func mode(of path: String) -> Int? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path).number(.posixPermissions).map { Int($0) }
        } catch {
            return nil
        }
    }

    private func isNewer(_ path: String, than other: String) -> Bool {
        guard case .present(let one?, _, _) = FileMark(path), case .present(let two?, _, _) = FileMark(other) else {
            return false
        }
        return one > two
    }
}
