import Logging
import Synchronization
import Testing

@testable import Telemetry

struct LogThresholdTests {
    private final class Lines: Sendable {
        private let count = Mutex(0)
        var written: Int { count.withLock { $0 } }
        func append(_: String) { count.withLock { $0 += 1 } }
    }

    @Test func `a level that changes counts for loggers that are there already`() {
        let lines = Lines()
        let threshold = LogThreshold(.info)
        let logger = Logger(label: "edge") { label in
            LineLogHandler(component: label, threshold: threshold, format: .json, write: lines.append)
        }
        logger.debug("not yet")
        #expect(lines.written == 0)
        threshold.level = .debug
        logger.debug("now")
        #expect(lines.written == 1)
        threshold.level = .error
        logger.warning("not any more")
        #expect(lines.written == 1)
    }

    @Test func `a logger that was told its own level keeps it`() {
        let threshold = LogThreshold(.info)
        var logger = Logger(label: "edge") { label in
            LineLogHandler(component: label, threshold: threshold, format: .json) { _ in }
        }
        logger.logLevel = .error
        threshold.level = .trace
        #expect(logger.logLevel == .error)
    }
}
