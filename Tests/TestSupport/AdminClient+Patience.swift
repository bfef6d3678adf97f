package import AdminHTTP

extension AdminClient.Limits {
    /// For answers that come when tests that compute, or processes that make keys, have given a core back.
    package static let patient: AdminClient.Limits = {
        var limits = AdminClient.Limits.standard
        limits.deadline = .seconds(60)
        return limits
    }()
}
