extension SettingTable {
    /// Reads values from the words of a command line: `--key value`, `--key=value`, and `--key` for a truth.
    ///
    /// - Throws: ``SettingsProblems`` for words that are no flag, and flags without a value.
    package func flags(_ arguments: [String]) throws(SettingsProblems) -> [Written] {
        var values: [String: Written] = [:]
        var problems: [SettingsProblem] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard word.hasPrefix("--"), let name = parts.first else {
                problems.append(SettingsProblem(.flag(word), "this is not a flag"))
                continue
            }
            guard let setting = settings.first(where: { $0.flag == name }) else {
                // What follows an unknown flag is taken for its value, so that one slip is reported once.
                if parts.count == 1, rest.first?.hasPrefix("--") == false { rest.removeFirst() }
                problems.append(unknownFlag(name))
                continue
            }
            guard let value = Self.value(of: setting, parts, &rest) else {
                problems.append(SettingsProblem(.flag(name), "a value is missing: <\(setting.placeholder)>"))
                continue
            }
            let before = values[setting.key]?.words ?? []
            if !before.isEmpty, setting.arity == .one {
                problems.append(SettingsProblem(.flag(name), "it is given more than once"))
            }
            values[setting.key] = Written(key: setting.key, words: before + [value], place: .flag(name))
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return settings.compactMap { values[$0.key] }
    }

    private static func value(
        of setting: Setting<Target>,
        _ parts: [String],
        _ rest: inout ArraySlice<String>
    ) -> String? {
        if parts.count == 2 { return parts[1] }
        if setting.isTruth { return "true" }
        guard let next = rest.first, !next.hasPrefix("--") else { return nil }
        rest.removeFirst()
        return next
    }

    private func unknownFlag(_ name: String) -> SettingsProblem {
        if let secret = settings.first(where: { $0.isSecret && "--" + $0.key.map(Self.dashed).joined() == name }) {
            return SettingsProblem(
                .flag(name),
                "a secret has no flag; put it into a file and name that in \(secret.environmentName(prefix))_FILE"
            )
        }
        let known = settings.compactMap(\.flag)
        return SettingsProblem(
            .flag(name),
            "there is no such flag",
            suggestion: Suggestion.nearest(to: name, among: known)
        )
    }

    private static func dashed(_ character: Character) -> String {
        character == "." || character == "_" ? "-" : String(character)
    }

    /// Reads values from an environment; the words of a list are separated by white space.
    ///
    /// - Parameters:
    ///   - environment: All variables; those without the prefix are not looked at.
    ///   - others: Variables with the prefix that are not settings.
    ///   - readFile: Reads the file that a variable of the form `NAME_FILE` names, for secrets; its last line end is
    ///     no part of the secret.
    /// - Returns: What the variables say, the name of each as its place.
    /// - Throws: ``SettingsProblems`` for variables with the prefix that name no setting.
    package func environment(
        _ environment: [String: String],
        others: Set<String> = [],
        readFile: (String) throws -> [UInt8]
    ) throws(SettingsProblems) -> [Written] {
        var values: [Written] = []
        var problems: [SettingsProblem] = []
        var known = others
        for setting in settings {
            let name = setting.environmentName(prefix)
            known.insert(name)
            if let text = environment[name] {
                values.append(Written(key: setting.key, words: Self.words(text, setting), place: .environment(name)))
            }
            guard setting.isSecret else { continue }
            let fileName = name + "_FILE"
            known.insert(fileName)
            guard environment[name] == nil, let path = environment[fileName] else { continue }
            do {
                let secret = try Self.secret(try readFile(path))
                values.append(Written(key: setting.key, words: [secret], place: .environment(fileName)))
            } catch {
                // Not what the variable says: it may be the secret, put there by mistake.
                problems.append(SettingsProblem(.environment(fileName), "the file that it names: \(error)"))
            }
        }
        let links = ServiceLinks(environment)
        for name in environment.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name) {
            guard !links.contain(name) else { continue }
            // What all names begin with makes none of them nearer.
            let nearest = Suggestion.nearest(
                to: String(name.dropFirst(prefix.count)),
                among: known.sorted().map { String($0.dropFirst(prefix.count)) }
            )
            let suggestion = nearest.map { prefix + $0 }
            problems.append(
                SettingsProblem(.environment(name), "there is no setting of this name", suggestion: suggestion)
            )
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return values
    }

    /// What a file of a secret says; never repaired, since all bytes that are no text would become the same.
    private static func secret(_ bytes: [UInt8]) throws(SettingRefusal) -> String {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingRefusal("it is not UTF-8: make a secret with `openssl rand -hex 32`")
        }
        return text
    }

    private static func words(_ text: String, _ setting: Setting<Target>) -> [String] {
        switch setting.arity {
        case .one: [text]
        case .many: text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }
}
