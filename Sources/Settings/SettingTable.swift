/// All settings of a program, and how they are put together: a flag before the environment before the file.
package struct SettingTable<Target: Sendable>: Sendable {
    package let settings: [Setting<Target>]
    /// What the names of environment variables begin with.
    package let prefix: String

    package init(prefix: String, _ settings: [Setting<Target>]) {
        self.prefix = prefix
        self.settings = settings
    }

    /// Where a value comes from.
    package enum Source: Equatable, Sendable, CustomStringConvertible {
        case byDefault
        case written(SettingsProblem.Place)

        package var description: String {
            switch self {
            case .byDefault: "default"
            case .written(let place): place.description
            }
        }
    }

    /// A value as somebody wrote it.
    package struct Written: Sendable, Equatable {
        package let key: String
        package let words: [String]
        package let place: SettingsProblem.Place

        package init(key: String, words: [String], place: SettingsProblem.Place) {
            self.key = key
            self.words = words
            self.place = place
        }
    }

    /// A complete configuration, and who said what.
    package struct Resolution: Sendable {
        package let target: Target
        package let sources: [String: Source]

        /// The same with some settings as they were: those that a running process could not take.
        package func keeping(_ kept: [Setting<Target>], of before: Resolution) -> Resolution {
            var target = target
            var sources = sources
            for setting in kept {
                setting.copy(before.target, &target)
                sources[setting.key] = before.sources[setting.key]
            }
            return Resolution(target: target, sources: sources)
        }
    }

    package func setting(_ key: String) -> Setting<Target>? { settings.first { $0.key == key } }

    /// Puts values together; of two for one setting the earlier one counts.
    ///
    /// - Parameters:
    ///   - written: All values, the strongest source first.
    ///   - defaults: What counts where nobody says anything.
    /// - Returns: The target with every value in it, and whose word each value is.
    /// - Throws: ``SettingsProblems`` with everything that is wrong, the weaker sources included.
    package func resolve(_ written: [Written], over defaults: Target) throws(SettingsProblems) -> Resolution {
        var target = defaults
        var sources: [String: Source] = [:]
        var problems: [SettingsProblem] = []
        for value in written {
            guard let setting = setting(value.key) else {
                problems.append(unknown(value.key, at: value.place, suggests: problems.count < SettingsProblems.limit))
                continue
            }
            // A value that is not used is checked all the same: it would be used one day.
            var ignored = defaults
            let isFirst = sources[value.key] == nil
            do {
                if isFirst {
                    try setting.store(value.words, &target)
                } else {
                    try setting.store(value.words, &ignored)
                }
            } catch {
                problems.append(SettingsProblem(value.place, "\(value.key): \(error)"))
            }
            if isFirst { sources[value.key] = .written(value.place) }
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return Resolution(target: target, sources: sources)
    }

    /// The settings whose values differ.
    package func differences(_ one: Target, _ other: Target) -> [Setting<Target>] {
        settings.filter { $0.differs(one, other) }
    }

    /// Looks for what was meant only when it `suggests`: that costs more than all else.
    private func unknown(_ key: String, at place: SettingsProblem.Place, suggests: Bool) -> SettingsProblem {
        let suggestion = suggests ? Suggestion.nearest(to: key, among: settings.map(\.key)) : nil
        return SettingsProblem(place, "there is no setting '\(key)'", suggestion: suggestion)
    }
}
