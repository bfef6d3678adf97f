import NIOCore
import ProxyProtocol

/// A header is decided by its own bytes, taken whole or not at all, and is the same when it is written again.
enum ProxyInvariants {
    private enum Verdict: Equatable {
        case undecided
        case header(ProxyHeader, length: Int)
        case refused(ProxyHeaderError)
    }

    static func header(_ input: [UInt8]) throws {
        // Far behind the longest header there is nothing that could change a verdict.
        let bytes = Array(input.prefix(2 * ProxyHeader.longestV2))
        let whole = try verdict(bytes)
        for count in 0..<min(bytes.count, ProxyHeader.longestV2 + 1) {
            let early = try verdict(Array(bytes.prefix(count)))
            try require(early == .undecided || early == whole, "the verdict on a header changes with what follows it")
            try require(early != .undecided || count < ProxyHeader.longestV2, "a header is never decided")
        }
        guard case .header(let header, _) = whole else { return }
        try require(try rewritten(header, as: .v2) == header, "version 2 says something else")
        guard case .proxied(let connection) = header, connection.transport == .stream else { return }
        try require(try rewritten(header, as: .v1) == header, "version 1 says something else")
    }

    private static func verdict(_ bytes: [UInt8]) throws -> Verdict {
        var buffer = ByteBuffer(bytes: bytes)
        let result: ProxyHeader?
        do throws(ProxyHeaderError) {
            result = try ProxyHeader.read(from: &buffer)
        } catch {
            try require(buffer.readableBytes == bytes.count, "bytes of a refused header were taken")
            return .refused(error)
        }
        guard let result else {
            try require(buffer.readableBytes == bytes.count, "bytes of half a header were taken")
            return .undecided
        }
        return .header(result, length: bytes.count - buffer.readableBytes)
    }

    private static func rewritten(_ header: ProxyHeader, as version: ProxyHeader.Version) throws -> ProxyHeader? {
        var buffer = ByteBuffer()
        header.write(as: version, to: &buffer)
        let again = try ProxyHeader.read(from: &buffer)
        try require(buffer.readableBytes == 0, "a header that was written has a rest")
        return again
    }
}
