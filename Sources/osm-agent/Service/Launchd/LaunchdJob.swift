/// The property list of one agent, for launchd.
///
/// launchd knows no exit codes after which another start is of no use, so that its pause between two starts is what keeps
/// such an agent from trying without a break; and it tells nobody whether a program hangs.
struct LaunchdJob: Sendable, Equatable {
    let plan: ServicePlan

    /// Seconds between two starts; launchd's own are ten.
    private static let throttle = 30

    var text: String { PropertyList.members(members).document }

    private var members: [PropertyList.Member] {
        let log = plan.places.log ?? "/dev/null"
        var members: [PropertyList.Member] = [
            .init("Label", .text(plan.instance.label)),
            .init("ProgramArguments", .list(plan.arguments.map(PropertyList.text))),
            .init("RunAtLoad", .truth(true)),
            // Not when it was told to end (exit code 0), but whenever it failed or crashed.
            .init("KeepAlive", .members([.init("SuccessfulExit", .truth(false)), .init("Crashed", .truth(true))])),
            .init("ThrottleInterval", .number(Self.throttle)),
            .init("ExitTimeOut", .number(plan.stopSeconds)),
            // Visitors wait for it: neither its processor time nor its disk is to be held back.
            .init("ProcessType", .text("Interactive")),
            .init("StandardOutPath", .text(log)),
            .init("StandardErrorPath", .text(log)),
            .init("WorkingDirectory", .text("/")),
            .init("Umask", .number(0o077)),
            .init("SoftResourceLimits", limits),
            .init("HardResourceLimits", limits),
        ]
        if let owner = plan.owner { members.append(.init("UserName", .text(owner))) }
        let variables = plan.variables.sorted { $0.key < $1.key }
        if !variables.isEmpty {
            let values = variables.map { PropertyList.Member($0.key, .text($0.value)) }
            members.append(.init("EnvironmentVariables", .members(values)))
        }
        return members
    }

    private var limits: PropertyList { .members([.init("NumberOfFiles", .number(65_536)), .init("Core", .number(0))]) }

    /// The word that follows a flag among the arguments of a property list that this type wrote.
    static func argument(_ flag: String, in text: String) -> String? {
        let strings = text.split(separator: "\n").compactMap { line -> Substring? in
            let line = line.drop { $0 == "\t" }
            guard line.hasPrefix("<string>"), line.hasSuffix("</string>") else { return nil }
            return line.dropFirst(8).dropLast(9)
        }
        guard let index = strings.firstIndex(of: flag[...]), index + 1 < strings.count else { return nil }
        let word = String(strings[index + 1])
        return word.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
}
