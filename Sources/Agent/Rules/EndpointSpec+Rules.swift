extension EndpointSpec {
    /// Checks what is said about visitors; reads the password file, when there is one.
    package func visitorRules() throws(EndpointProblem) -> VisitorRules {
        do throws(VisitorRulesError) {
            let requestHeaders = try HeaderEdits(requestHeaders, in: .requestHeaders)
            let responseHeaders = try HeaderEdits(responseHeaders, in: .responseHeaders)
            let access = try AccessRules(allow: allowCIDR, deny: denyCIDR)
            try checkKind(edits: !requestHeaders.isEmpty || !responseHeaders.isEmpty)
            var authentication: BasicAuthentication?
            if let basicAuthFile { authentication = try BasicAuthentication(path: basicAuthFile) }
            return VisitorRules(
                access: access,
                authentication: authentication,
                requestHeaders: requestHeaders,
                responseHeaders: responseHeaders
            )
        } catch {
            throw EndpointProblem(error.rule.rawValue, "\(error.description).")
        }
    }

    /// A rule that nothing would keep must not look as if it were kept.
    private func checkKind(edits: Bool) throws(VisitorRulesError) {
        guard kind != "http" else { return }
        guard basicAuthFile == nil else {
            throw VisitorRulesError(.passwords, "only an http endpoint can ask for a password")
        }
        guard !edits else {
            let rule: VisitorRulesError.Rule =
                requestHeaders == HeaderSpec() ? .responseHeaders : .requestHeaders
            throw VisitorRulesError(rule, "only an http endpoint has headers")
        }
    }
}
