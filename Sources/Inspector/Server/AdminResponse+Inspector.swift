import AdminHTTP
import FoundationEssentials

extension AdminResponse {
    /// What a browser is told to refuse, should anything that passed through a tunnel ever be taken for more than data.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'",
    ].joined(separator: "; ")

    /// The same answer with the fields that keep a browser from doing more with it than showing it.
    ///
    /// `nosniff` and `no-store` are on every answer of the server already.
    func guarded() -> AdminResponse {
        var response = self
        response.fields += [
            (name: "content-security-policy", value: Self.contentSecurityPolicy),
            (name: "cross-origin-opener-policy", value: "same-origin"),
            (name: "cross-origin-resource-policy", value: "same-origin"),
            (name: "referrer-policy", value: "no-referrer"),
        ]
        return response
    }

    /// A refusal with a sentence for the person at the page.
    static func problem(_ sentence: String, status: Int) -> AdminResponse {
        encoded(["problem": sentence], status: status).guarded()
    }

    /// A value as JSON.
    static func encoded(_ value: some Encodable, status: Int = 200) -> AdminResponse {
        do {
            return .json(try JSONEncoder().encode(value), status: status)
        } catch {
            return .text("this cannot be written as JSON\n", status: 500)
        }
    }
}

extension AdminRoute {
    static func guardedGet(_ answer: @escaping Answer) -> AdminRoute { .get { await answer($0).guarded() } }

    static func guardedPost(_ answer: @escaping Answer) -> AdminRoute { .post { await answer($0).guarded() } }
}
