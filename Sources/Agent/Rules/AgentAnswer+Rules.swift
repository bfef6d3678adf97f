import NIOCore

// What a visitor hears who is kept out: the reason in kind, and nothing about the rules or who else may come in.
extension AgentAnswer {
    static let addressDenied = AgentAnswer(
        status: "403",
        sentence: "Visitors from your address are not let in.",
        proxyStatus: denied
    )

    /// RFC 7617, 2: names and passwords are UTF-8.
    static let passwordNeeded = AgentAnswer(
        status: "401",
        sentence: "This needs a name and a password.",
        proxyStatus: denied,
        field: ("www-authenticate", "Basic realm=\"private\", charset=\"UTF-8\"")
    )

    static let busy = AgentAnswer(
        status: "503",
        sentence: "Too many passwords are being checked. Try again in a moment.",
        proxyStatus: denied,
        field: ("retry-after", "5")
    )

    static func tooManyAttempts(again time: TimeAmount) -> AgentAnswer {
        let seconds = max(1, (time.nanoseconds + 999_999_999) / 1_000_000_000)
        return AgentAnswer(
            status: "429",
            sentence: "Too many wrong passwords came from your address. Try again later.",
            proxyStatus: denied,
            field: ("retry-after", String(seconds))
        )
    }

    /// RFC 9209, 2.3.15.
    private static let denied = "http_request_denied"
}
