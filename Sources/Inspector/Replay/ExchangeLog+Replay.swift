extension ExchangeLog {
    /// Makes a request out of one that passed, as it was or as a person changed it.
    ///
    /// - Parameters:
    ///   - id: The exchange to repeat.
    ///   - edit: What is different; marks that were left in their place stand for the secrets behind them.
    /// - Returns: The request, to be sent by who serves the endpoint.
    /// - Throws: A sentence for the person who asked.
    package func replay(
        of id: Int,
        edit: ReplayEdit = ReplayEdit()
    ) throws(ReplayRefusal) -> ReplayRequest {
        guard let kept = kept(id) else {
            throw ReplayRefusal(.notKept, "The exchange is no longer kept: newer ones took its room.")
        }
        return try ReplayDraft(kept, redaction, limits).request(edit)
    }
}
