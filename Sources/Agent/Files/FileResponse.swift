import HTTPFields

/// What a GET or HEAD of a file is answered with, as the conditions and the range in it want it.
enum FileResponse {
    case refusal(FolderAnswer)
    /// A head, and which bytes of the file follow it; none when there is no body.
    case file(FieldSection, Range<Int>)

    init(_ file: Folder.File, to request: FieldSection, at now: HTTPDate) {
        let size = file.facts.size
        let version = FileVersion(tag: file.facts.tag(at: now), modified: file.facts.lastModified(at: now))
        switch version.outcome(of: request) {
        case .failed: self = .refusal(.conditionFailed)
        case .notModified: self = .file(Self.head("304", version, at: now), 0..<0)
        case .proceed:
            let range = request.isHead ? .whole : version.range(in: request, size: size)
            switch range {
            case .whole:
                let head = Self.head("200", version, file, length: size, at: now)
                self = .file(head, 0..<(request.isHead ? 0 : size))
            case .part(let part):
                var head = Self.head("206", version, file, length: part.count, at: now)
                head.append("content-range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
                self = .file(head, part)
            case .unsatisfiable: self = .refusal(.unsatisfiable(size: size))
            }
        }
    }

    /// What a 304 says, too.
    private static func head(_ status: String, _ version: FileVersion, at now: HTTPDate) -> FieldSection {
        var head = FieldSection(capacity: 384, fields: 10)
        head.append(":status", status)
        head.append("date", now.description)
        head.append("etag", version.tag.description)
        head.append("last-modified", version.modified.description)
        // Whoever keeps a copy asks whether it is still good: the files of a folder change at any time.
        head.append("cache-control", "no-cache")
        return head
    }

    private static func head(
        _ status: String,
        _ version: FileVersion,
        _ file: Folder.File,
        length: Int,
        at now: HTTPDate
    ) -> FieldSection {
        var head = head(status, version, at: now)
        head.append("accept-ranges", "bytes")
        head.append("content-type", file.contentType)
        head.append("x-content-type-options", "nosniff")
        head.append("content-length", String(length))
        return head
    }
}

/// The validators of a file, against which the conditions of requests are held (RFC 9110, 13).
struct FileVersion: Equatable {
    let tag: EntityTag
    let modified: HTTPDate

    enum Outcome { case proceed, notModified, failed }

    /// In the order of RFC 9110, 13.2.2.
    func outcome(of request: FieldSection) -> Outcome {
        if let wanted = EntityTagList("if-match", in: request) {
            guard wanted.contains(tag, { $0.matchesStrongly($1) }) else { return .failed }
        } else if let limit = Self.date("if-unmodified-since", in: request) {
            guard modified <= limit else { return .failed }
        }
        if let known = EntityTagList("if-none-match", in: request) {
            return known.contains(tag) { $0.matchesWeakly($1) } ? .notModified : .proceed
        }
        guard let since = Self.date("if-modified-since", in: request) else { return .proceed }
        return modified <= since ? .notModified : .proceed
    }

    /// What the Range of a GET asks for, which an If-Range may make void.
    func range(in request: FieldSection, size: Int) -> RequestedRange {
        let ranges = request.entries.indices.filter { request.nameEquals("range", at: $0) }
        guard ranges.count == 1, isMeant(by: request) else { return .whole }
        return RequestedRange(request.value(at: ranges[0]), size: size)
    }

    /// Whether the rest of a copy that a visitor has is the rest of this file (RFC 9110, 13.1.5).
    private func isMeant(by request: FieldSection) -> Bool {
        guard let field = request.first("if-range") else { return true }
        if case .tags(let tags) = EntityTagList(field), let known = tags.first {
            return tags.count == 1 && known.matchesStrongly(tag)
        }
        // A date alone is strong only when it is old enough (RFC 9110, 8.8.2.2), which the tag knows as well.
        return !tag.isWeak && HTTPDate(field) == modified
    }

    /// A date that is said twice, or is none, is not said.
    private static func date(_ name: String, in request: FieldSection) -> HTTPDate? {
        let found = request.entries.indices.filter { request.nameEquals(name, at: $0) }
        return found.count == 1 ? HTTPDate(request.value(at: found[0])) : nil
    }
}

extension EntityTagList {
    /// What all fields of that name say together; nil when there is none.
    fileprivate init?(_ name: String, in request: FieldSection) {
        let found = request.entries.indices.filter { request.nameEquals(name, at: $0) }
        guard !found.isEmpty else { return nil }
        self.init(found.map { Array(request.value(at: $0)) }.joined(separator: ", ".utf8).map { $0 })
    }
}
