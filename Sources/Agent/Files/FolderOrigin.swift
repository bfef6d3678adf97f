import HTTP2
import HTTPFields
import NIOCore

/// A folder of this machine as an origin: its files, for reading.
///
/// What it serves are regular files below the folder, by names that are not hidden; nothing is reached through a
/// symbolic link, wherever that leads. A folder is answered with its `index.html`, or with a list of what is in it
/// where that is allowed.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel; disks are waited for elsewhere.
final class FolderOrigin: Origin {
    let folder: Folder
    let allowsListing: Bool
    let eventLoop: any EventLoop
    let jobs: DiskJobs

    /// - Parameters:
    ///   - folder: An absolute path; it need not exist yet.
    ///   - allowsListing: Whether a folder without an index is answered with what is in it.
    ///   - eventLoop: The one of the tunnel.
    convenience init(folder: String, allowsListing: Bool, eventLoop: any EventLoop) {
        let jobs = DiskJobs(eventLoop: eventLoop)
        self.init(folder: Folder(path: folder), allowsListing: allowsListing, jobs: jobs, eventLoop: eventLoop)
    }

    init(folder: Folder, allowsListing: Bool, jobs: DiskJobs, eventLoop: any EventLoop) {
        self.folder = folder
        self.allowsListing = allowsListing
        self.jobs = jobs
        self.eventLoop = eventLoop
    }

    func serve(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        guard let exchange = FolderExchange(request, origin: self) else { return nil }
        exchange.begin()
        return exchange
    }

    func close() { jobs.close() }
}
