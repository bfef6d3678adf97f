/// Why the rules that somebody wrote for visitors cannot be used: which of them, and what is wrong with it.
package struct VisitorRulesError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Rule: String, Sendable {
        case allow = "allow_cidr"
        case deny = "deny_cidr"
        case requestHeaders = "request_headers"
        case responseHeaders = "response_headers"
        case passwords = "basic_auth_file"
    }

    package let rule: Rule
    /// A sentence without a full stop that quotes what was written; never a password or its hash.
    package let description: String

    init(_ rule: Rule, _ description: String) {
        self.rule = rule
        self.description = description
    }
}
