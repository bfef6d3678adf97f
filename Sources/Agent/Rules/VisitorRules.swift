/// Who may come to an endpoint, and what is changed of what they ask and hear.
package struct VisitorRules: Sendable, Equatable {
    package let access: AccessRules
    /// Nil lets in whoever may come at all.
    package let authentication: BasicAuthentication?
    package let requestHeaders: HeaderEdits
    package let responseHeaders: HeaderEdits

    /// Everybody may come, and nothing is changed.
    package static let none = VisitorRules()

    package init(
        access: AccessRules = .none,
        authentication: BasicAuthentication? = nil,
        requestHeaders: HeaderEdits = .none,
        responseHeaders: HeaderEdits = .none
    ) {
        self.access = access
        self.authentication = authentication
        self.requestHeaders = requestHeaders
        self.responseHeaders = responseHeaders
    }

    /// Whether there is nothing to be done for a request.
    package var isEmpty: Bool {
        access.isEmpty && authentication == nil && requestHeaders.isEmpty && responseHeaders.isEmpty
    }
}
