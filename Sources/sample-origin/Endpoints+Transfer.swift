import Crypto
import Foundation
import NIOCore
import NIOHTTP1

extension Endpoints {
    /// Sends `bytes` bytes of the pattern, as fast as they are taken.
    static func download(_ exchange: Exchange, isChunked: Bool) async throws {
        let bytes = exchange.number("bytes", default: 1 << 20, in: 0...maximumBytes)
        try await exchange.begin(
            type: "application/octet-stream",
            length: isChunked ? nil : bytes,
            fields: [("content-disposition", "attachment; filename=\"sample.bin\"")]
        )
        var rest = exchange.head.method == .HEAD ? 0 : bytes
        while rest > 0 {
            let part = SamplePattern.prefix(rest)
            rest -= part.readableBytes
            try await exchange.output.write(.body(part))
        }
        try await exchange.output.write(.end(nil))
    }

    /// Counts and hashes what comes, keeping none of it.
    @concurrent static func upload(_ exchange: inout Exchange) async throws {
        var hash = SHA256()
        var bytes = 0
        let clock = ContinuousClock()
        let start = clock.now
        while let part = try await exchange.nextBody() {
            bytes += part.readableBytes
            hash.update(data: Array(part.readableBytesView))
        }
        let digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
        let milliseconds = (clock.now - start) / .milliseconds(1)
        let json = #"{"bytes":\#(bytes),"sha256":"\#(digest)","milliseconds":\#(Int(milliseconds))}"#
        try await exchange.respond(type: "application/json", ByteBuffer(string: json + "\n"))
    }

    /// Sends back what comes, while it comes.
    @concurrent static func reflect(_ exchange: inout Exchange) async throws {
        let type = exchange.head.headers.first(name: "content-type") ?? "application/octet-stream"
        // The first piece decides: before it is asked for, a client that expects 100 would get the final head.
        var part = try await exchange.nextBody()
        try await exchange.begin(type: type)
        while let bytes = part {
            try await exchange.output.write(.body(bytes))
            part = try await exchange.nextBody()
        }
        try await exchange.output.write(.end(nil))
    }
}
