import HTTP2
import HTTPFields
import NIOCore

/// What is said in place of a file: a few words of plain text that hold nothing of the request or of the disk.
struct FolderAnswer: Equatable {
    let status: String
    let sentence: String
    /// What the status wants beside it.
    var field: Field?
    /// The `error` parameter of Proxy-Status (RFC 9209, 2.3), when the agent failed and not the request.
    var proxyStatus: String?

    struct Field: Equatable {
        let name: String
        let value: String
    }

    static let malformed = FolderAnswer(status: "400", sentence: "The request is for no path.")
    static let missing = FolderAnswer(status: "404", sentence: "There is nothing here.")
    static let wrongMethod = FolderAnswer(
        status: "405",
        sentence: "A folder can only be read.",
        field: Field(name: "allow", value: "GET, HEAD")
    )
    static let conditionFailed = FolderAnswer(status: "412", sentence: "The file is not the one that was asked for.")

    static func unsatisfiable(size: Int) -> FolderAnswer {
        FolderAnswer(
            status: "416",
            sentence: "The file does not reach so far.",
            field: Field(name: "content-range", value: "bytes */\(size)")
        )
    }

    /// The same target with a slash; not for ever, as a file may take the place of the folder.
    static func redirect(to location: String) -> FolderAnswer {
        FolderAnswer(
            status: "307",
            sentence: "This is a folder.",
            field: Field(name: "location", value: location)
        )
    }

    /// The fields, and the text that goes with them.
    func message(at now: HTTPDate) -> (head: FieldSection, body: ByteBuffer) {
        let body = ByteBuffer(string: "\(status) from the agent's folder\n\(sentence)\n")
        var head = FieldSection(capacity: 256, fields: 8)
        head.append(":status", status)
        head.append("date", now.description)
        head.append("content-type", "text/plain; charset=utf-8")
        head.append("content-length", String(body.readableBytes))
        head.append("cache-control", "no-store")
        head.append("x-content-type-options", "nosniff")
        if let field { head.append(field.name, field.value) }
        if let proxyStatus { head.append("proxy-status", "osm-agent; error=\(proxyStatus)") }
        return (head, body)
    }
}

extension FolderAnswer {
    init(_ refusal: FolderPath.Refusal) {
        switch refusal {
        case .malformed: self = .malformed
        case .notServed: self = .missing
        }
    }

    init(_ problem: FolderProblem) {
        switch problem {
        case .missing: self = .missing
        case .forbidden: self.init(status: "403", sentence: "The agent may not read this.")
        case .changed:
            self.init(
                status: "503",
                sentence: "The file changes at this moment.",
                field: Field(name: "retry-after", value: "1")
            )
        case .exhausted:
            self.init(
                status: "503",
                sentence: "The agent's machine has too much open to read this now.",
                field: Field(name: "retry-after", value: "1"),
                proxyStatus: "proxy_internal_error"
            )
        case .unreadable:
            self.init(
                status: "500",
                sentence: "The agent's disk cannot read this.",
                proxyStatus: "proxy_internal_error"
            )
        case .folderMissing:
            self.init(
                status: "502",
                sentence: "The folder that the agent serves is not there.",
                proxyStatus: "destination_unavailable"
            )
        case .timeout:
            self.init(
                status: "504",
                sentence: "The agent's disk did not answer in time.",
                proxyStatus: "http_response_timeout"
            )
        }
    }
}
