import FoundationEssentials

extension Folder {
    /// Why nothing could be served from here at this moment, and what to do about it; nil when something could.
    ///
    /// It waits for a disk.
    var obstacle: String? {
        do throws(FolderProblem) {
            _ = try Descriptor.folder(atPath: path)
            return nil
        } catch {
            switch error {
            case .missing where FileManager.default.fileExists(atPath: path):
                return "'\(path)' is not a folder. Name the folder that a file is in; a socket is written unix:\(path)."
            case .missing, .folderMissing: return "There is no folder '\(path)'. Create it, or correct the path."
            case .forbidden: return "The folder '\(path)' cannot be read by this user. Let the user read it."
            case .exhausted, .unreadable, .changed, .timeout:
                return "The folder '\(path)' cannot be opened at present. Look what is the matter with its disk."
            }
        }
    }
}
