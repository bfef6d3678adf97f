import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

struct LineLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func written(
        _ format: LogFormat,
        component: String = "edge.tunnel",
        limits: LogLimits = .standard,
        _ body: (Logger) -> Void
    ) throws -> String {
        let lines = Lines()
        let logger = Logger(label: component) { label in
            LineLogHandler(component: label, level: .debug, format: format, limits: limits, write: lines.append)
        }
        body(logger)
        #expect(lines.all.count == 1)
        return try #require(lines.all.first)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `a JSON line has time, level, message, component and the metadata`() throws {
        let line = try written(.json) { $0.notice("tunnel opened", metadata: ["device": "d1", "streams": "\(7)"]) }
        let fields = try object(line)
        #expect(line.hasSuffix("}\n"))
        #expect(fields["level"] as? String == "notice")
        #expect(fields["msg"] as? String == "tunnel opened")
        #expect(fields["component"] as? String == "edge.tunnel")
        #expect(fields["device"] as? String == "d1")
        #expect((fields["time"] as? String)?.hasSuffix("Z") == true)
    }

    @Test func `numbers and truth values keep their kind in JSON`() throws {
        let line = try written(.json) {
            $0.info("m", metadata: ["n": .stringConvertible(42), "b": .stringConvertible(true)])
        }
        #expect(line.contains("\"n\":42"))
        #expect(line.contains("\"b\":true"))
    }

    @Test func `a text line reads time, level, component, message, fields`() throws {
        let line = try written(.text) { $0.info("tunnel opened", metadata: ["device": "d1", "why": "two words"]) }
        #expect(line.contains(" info     edge.tunnel  tunnel opened device=d1 why=\"two words\"\n"))
    }

    @Test(arguments: [
        "\u{1B}[31mred", "line\r\nfeed", "bell\u{07}", "\u{9B}31m", "del\u{7F}", "rtl\u{202E}", "iso\u{2066}",
        "sep\u{2028}", "tag\u{E0041}", "quote\" and \\ slash",
    ])
    func `hostile text stays on its line and off the terminal`(hostile: String) throws {
        for format in [LogFormat.text, .json] {
            let line = try written(format, component: hostile) {
                $0.info("\(hostile)", metadata: ["\(hostile)": "\(hostile)", "list": .array([.string(hostile)])])
            }
            #expect(line.unicodeScalars.dropLast().allSatisfy(LogEscaping.isHarmless))
            guard format == .json else { continue }
            #expect(try object(line)["msg"] as? String == hostile)
            #expect(try object(line)[hostile] as? String == hostile)
        }
    }

    @Test func `a value longer than the limit is cut at a whole character`() throws {
        let limits = LogLimits(valueBytes: 10)
        let line = try written(.json, limits: limits) {
            $0.info("m", metadata: ["v": .string(String(repeating: "é", count: 100_000))])
        }
        #expect(try object(line)["v"] as? String == "ééééé…")
    }

    @Test func `a line with too many fields or too much depth says that it is cut`() throws {
        var many: Logger.Metadata = [:]
        for index in 0..<100 { many["k\(index)"] = "v" }
        var deep: Logger.Metadata.Value = "bottom"
        for _ in 0..<1000 { deep = .array([deep]) }
        for metadata in [many, ["deep": deep]] {
            let line = try written(.json) { $0.info("m", metadata: metadata) }
            #expect(try object(line)["cut"] as? Bool == true)
            let text = try written(.text) { $0.info("m", metadata: metadata) }
            #expect(text.hasSuffix(" cut=true\n"))
        }
    }

    @Test func `metadata cannot take the place of the level or the message`() throws {
        let line = try written(.json) { $0.info("real", metadata: ["msg": "forged", "level": "debug"]) }
        let fields = try object(line)
        #expect(fields["msg"] as? String == "real")
        #expect(fields["msg_"] as? String == "forged")
        #expect(fields["level_"] as? String == "debug")
    }

    @Test func `an event below the level writes nothing`() {
        let lines = Lines()
        let logger = Logger(label: "x") { label in
            LineLogHandler(component: label, level: .warning, format: .json, write: lines.append)
        }
        logger.info("quiet")
        #expect(lines.all.isEmpty)
    }

    @Test func `the format follows the terminal only when nobody chose one`() {
        #expect(LogFormat.automatic.resolved(isTerminal: true) == .text)
        #expect(LogFormat.automatic.resolved(isTerminal: false) == .json)
        #expect(LogFormat.json.resolved(isTerminal: true) == .json)
        #expect(LogFormat(rawValue: "auto") == .automatic)
    }
}
