/// Why the folder has no answer to a request.
enum FolderProblem: Error {
    /// There is nothing of that name, or nothing that is served.
    case missing
    /// The agent may not read it.
    case forbidden
    /// The system has no more descriptors or memory at present.
    case exhausted
    /// The disk failed.
    case unreadable
    /// The file is not any more what the response has promised.
    case changed
    /// The folder itself is gone.
    case folderMissing
    /// The disk did not answer in time.
    case timeout

    /// Whether the folder or its disk is to blame, rather than what was asked for.
    var isOfFolder: Bool {
        switch self {
        case .missing, .forbidden, .changed: false
        case .exhausted, .unreadable, .folderMissing, .timeout: true
        }
    }
}
