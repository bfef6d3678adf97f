import Foundation
import Testing

@testable import Telemetry

struct LineWriterTests {
    private static let line = String(repeating: "x", count: 99) + "\n"

    private static func lines(_ count: Int) -> [UInt8] { Array(String(repeating: line, count: count).utf8) }

    /// A pipe whose writing end never waits.
    private func impatientPipe() throws -> Pipe {
        let pipe = Pipe()
        try #require(fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFL, O_NONBLOCK) == 0)
        return pipe
    }

    /// What stands in a pipe, of which that much is known.
    private func text(_ pipe: Pipe, _ count: Int) throws -> String {
        String(decoding: try pipe.fileHandleForReading.read(upToCount: count) ?? Data(), as: UTF8.self)
    }

    @Test func `says how many lines arrived`() throws {
        let pipe = Pipe()
        var writer = LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        #expect(writer.append(Self.lines(3)) == 3)
        #expect(writer.append([]) == 0)
        #expect(try text(pipe, 300) == String(repeating: Self.line, count: 3))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a full pipe takes some lines, and the next one is not glued to the one that was cut`() throws {
        let pipe = try impatientPipe()
        var writer = LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        // No pipe holds a whole number of lines of 100 bytes: its size is a power of two.
        let arrived = writer.append(Self.lines(100_000))
        #expect((1..<100_000).contains(arrived))
        #expect(writer.append(Self.lines(1)) == 0)
        let whole = try text(pipe, arrived * 100)
        #expect(whole == String(repeating: Self.line, count: arrived))
        #expect(writer.append(Self.lines(2)) == 2)
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(rest.hasPrefix("x"))
        #expect(rest.hasSuffix("x\n" + Self.line + Self.line))
        #expect(rest.utf8.count < 300)
    }

    @Test func `a pipe whose reader is gone takes no line, and says so`() throws {
        // As the sockets of the edge have it: an error instead of the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        var writer = LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        #expect(writer.append(Self.lines(3)) == 0)
    }
}
