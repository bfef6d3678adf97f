import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import Trust

/// Reads the identity files again and again, and puts what is new to use without cutting anything that may stay.
///
/// A file that cannot be used is reported once and leaves the edge as it was.
///
/// ## Concurrency
/// An actor, so that a look by the clock and one on demand do not overtake each other. Files are read and parsed on the
/// thread pool: a revocation list of a hundred thousand entries takes more than a second.
actor EdgeIdentityWatcher {
    private let core: NIOLoopBound<EdgeCore>
    private let eventLoop: any EventLoop
    private let files: EdgeIdentityFiles
    private let logger: Logger
    private var known: EdgeIdentityContents
    private var state: EdgeIdentityState
    private var expiry = ExpiryWatch()
    private var reported: String?
    private var isLooking = false
    private var mustLookAgain = false

    init(
        core: NIOLoopBound<EdgeCore>,
        eventLoop: any EventLoop,
        files: EdgeIdentityFiles,
        contents: EdgeIdentityContents,
        state: EdgeIdentityState,
        logger: Logger
    ) {
        self.core = core
        self.eventLoop = eventLoop
        self.files = files
        known = contents
        self.state = state
        self.logger = logger
    }

    func run(every interval: TimeAmount) async {
        warnOfExpiry()
        while !Task.isCancelled {
            do { try await Task.sleep(for: .nanoseconds(interval.nanoseconds)) } catch { return }
            await look()
        }
    }

    /// Looks at the files now; when a look is under way, once more after it.
    func look() async {
        mustLookAgain = true
        guard !isLooking else { return }
        isLooking = true
        while mustLookAgain {
            mustLookAgain = false
            await lookOnce()
        }
        isLooking = false
        warnOfExpiry()
    }

    private func warnOfExpiry() {
        let concerns = expiry.concerns(
            certificateEnds: Date(timeIntervalSince1970: Double(state.certificateExpires)),
            listsEnd: state.revocations.compactMap(\.nextUpdate),
            at: .now
        )
        for concern in concerns {
            let (sentence, date) = concern.words
            logger.warning("\(sentence)", metadata: ["date": "\(date.formatted(.iso8601))"])
        }
    }

    private func lookOnce() async {
        do {
            guard let contents = try await readIfChanged() else { return }
            // What cannot be used is parsed once, not at every look.
            known = contents
            let offered = try await NIOThreadPool.singleton.runIfActive { [files] in
                try EdgeIdentityState(contents, files: files, at: .now)
            }
            state = try await eventLoop.submit { [core] in core.value.adopt(offered) }.get()
            expiry.renewed()
            reported = nil
        } catch {
            let problem = "\(error)"
            if problem != reported { logger.error("identity not reloaded", metadata: ["error": "\(problem)"]) }
            reported = problem
        }
    }

    private func readIfChanged() async throws -> EdgeIdentityContents? {
        try await NIOThreadPool.singleton.runIfActive { [files, known] in
            let contents = try EdgeIdentityContents(files)
            return contents == known ? nil : contents
        }
    }
}
