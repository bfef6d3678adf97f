import HTTPFields

extension ExchangeLog {
    /// The exchanges that hold the text anywhere a person can see it, oldest first.
    ///
    /// - Parameter text: Looked for without regard to the case of ASCII.
    /// - Returns: Everything when nothing is asked.
    package func search(_ text: String) -> [ExchangeSummary] {
        guard let needle = Needle(text) else { return exchanges }
        return snapshot().filter { $0.holds(needle, redaction) }.map(\.summary)
    }
}

/// What is looked for.
private struct Needle {
    private let first: UInt8
    private let rest: [UInt8]

    init?(_ text: String) {
        let bytes = text.utf8.map(\.lowercasedASCII)
        guard let first = bytes.first else { return nil }
        self.first = first
        rest = Array(bytes.dropFirst())
    }

    func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }

    func isIn(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > rest.count else { return false }
        for start in 0..<(bytes.count - rest.count) where bytes[start].lowercasedASCII == first {
            var length = 0
            while length < rest.count, bytes[start + 1 + length].lowercasedASCII == rest[length] { length += 1 }
            if length == rest.count { return true }
        }
        return false
    }

    func isIn(_ fields: [FieldRecord]) -> Bool { fields.contains { isIn("\($0.name): \($0.value)") } }
}

extension KeptExchange {
    fileprivate func holds(_ needle: Needle, _ redaction: Redaction) -> Bool {
        let summary = summary
        let line = [
            summary.method, summary.host, summary.status.map(String.init) ?? "", summary.endpoint, summary.error ?? "",
        ]
        if line.contains(where: needle.isIn) || needle.isIn(redaction.target(target).shown) { return true }
        let sections = [request, requestTrailers, response, responseTrailers].compactMap { $0 }
        if sections.contains(where: { needle.isIn($0.records(redaction)) }) { return true }
        return holdsInBody(needle, redaction)
    }

    /// What does not hold the text as it passed holds it no more once secrets are taken out.
    private func holdsInBody(_ needle: Needle, _ redaction: Redaction) -> Bool {
        let bodies = [(request, requestBody), (response ?? FieldSection(), responseBody)]
        let isInBody = bodies.contains { fields, body in
            guard fields.contentCoding == nil, needle.isIn(body.bytes) else { return false }
            return needle.isIn(body.redacted(fields, redaction).shown)
        }
        if isInBody { return true }
        return messages.list.contains { message in
            guard message.content.kind != .binary, needle.isIn(message.content.bytes) else { return false }
            return needle.isIn(redaction.body(message.content.bytes, contentType: "").shown)
        }
    }
}
