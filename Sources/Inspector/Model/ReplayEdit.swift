/// What a person changed before a request is sent again; what is absent stays as it was.
///
/// Where a value shows only ``Redaction/mark``, leaving the mark in its place keeps the secret that it stands for.
package struct ReplayEdit: Codable, Sendable, Equatable {
    /// A body as a person wrote it.
    package struct Body: Codable, Sendable, Equatable {
        package var encoding: ContentEncoding
        package var content: String

        package init(encoding: ContentEncoding, content: String) {
            self.encoding = encoding
            self.content = content
        }
    }

    package var method: String?
    package var path: String?
    /// All fields of the new request, not only the changed ones.
    package var fields: [FieldRecord]?
    package var body: Body?

    package init(method: String? = nil, path: String? = nil, fields: [FieldRecord]? = nil, body: Body? = nil) {
        self.method = method
        self.path = path
        self.fields = fields
        self.body = body
    }
}
