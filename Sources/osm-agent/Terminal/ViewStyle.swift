/// What a terminal can show, as far as a renderer must know.
struct ViewStyle: Sendable, Equatable {
    var columns = 80
    var rows = 24
    var hasColours = false
    var isUnicode = true
    /// How far the clock on the wall is ahead of UTC.
    var secondsFromUTC = 0
}

/// Whether anything is coloured, as the person says.
enum ColourChoice: String, CaseIterable, Sendable {
    case auto, always, never
}

/// What the environment says about the terminal.
struct TerminalEnvironment: Sendable {
    let variables: [String: String]

    /// A terminal that cannot move its cursor.
    var isDumb: Bool { ["", "dumb"].contains(variables["TERM"] ?? "") }

    /// Whether to write in colours, for a terminal.
    ///
    /// The flag comes first, then NO_COLOR (no-color.org), then CLICOLOR.
    func hasColours(_ choice: ColourChoice) -> Bool {
        switch choice {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if variables["NO_COLOR"]?.isEmpty == false { return false }
        if let forced = variables["CLICOLOR_FORCE"], !forced.isEmpty, forced != "0" { return true }
        return variables["CLICOLOR"] != "0" && !isDumb
    }

    /// Whether the locale's characters are those of Unicode: the first of the three that is set decides.
    var isUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return false }
        return locale.contains("utf-8") || locale.contains("utf8")
    }
}
