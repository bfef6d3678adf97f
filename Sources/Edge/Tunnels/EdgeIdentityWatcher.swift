import FoundationEssentials
import Logging
import NIOCore
import Trust

/// Reads the identity files again and again, and puts what is new to use without cutting anything that may stay.
///
/// A file that cannot be used is reported once and leaves the edge as it was.
struct EdgeIdentityWatcher {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    let files: EdgeIdentityFiles
    let logger: Logger

    func run(from first: EdgeIdentityContents, every interval: TimeAmount) async {
        var known = first
        var reported: String?
        while !Task.isCancelled {
            do { try await Task.sleep(for: .nanoseconds(interval.nanoseconds)) } catch { return }
            do {
                let contents = try EdgeIdentityContents(files)
                guard contents != known else { continue }
                let state = try EdgeIdentityState(contents, files: files, at: .now)
                known = contents
                reported = nil
                try await eventLoop.submit { core.value.adopt(state) }.get()
            } catch {
                let problem = "\(error)"
                if problem != reported { logger.error("identity not reloaded", metadata: ["error": "\(problem)"]) }
                reported = problem
            }
        }
    }
}
