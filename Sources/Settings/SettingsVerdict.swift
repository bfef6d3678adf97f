/// What a check of a configuration found, as machines read it.
package struct SettingsVerdict: Encodable, Sendable {
    package let ok: Bool
    /// At most `SettingsProblems.limit` of them.
    package let problems: [Problem]
    /// How many others there are.
    package let more: Int

    package init(_ problems: SettingsProblems) {
        ok = problems.problems.isEmpty
        self.problems = problems.problems.prefix(SettingsProblems.limit).map(Problem.init)
        more = problems.left
    }

    /// One problem, with its line and column where it stands in a file.
    package struct Problem: Encodable, Sendable {
        package let place: String
        package let line: Int?
        package let column: Int?
        package let problem: String
        package let suggestion: String?

        init(_ problem: SettingsProblem) {
            let place = problem.place
            switch place {
            case .file(let path, let position):
                self.place = path
                line = position?.line
                column = position?.column
            case .environment, .flag, .setting:
                self.place = place.description
                line = nil
                column = nil
            }
            self.problem = problem.text
            suggestion = problem.suggestion
        }
    }
}
