#if DEBUG || FUZZING
import NIOCore

@testable import Agent

/// What a proxy answers an agent that dials through it.
enum DialInvariants {
    static func connectAnswer(_ bytes: [UInt8]) throws {
        try check(bytes) { edge, credentials in ConnectNegotiation(edge: edge, credentials: credentials) }
    }

    static func socksAnswer(_ bytes: [UInt8]) throws {
        try check(bytes) { edge, credentials in SOCKS5Negotiation(edge: edge, credentials: credentials) }
    }

    /// What came of a conversation with a proxy.
    private enum Outcome: Equatable {
        case needsMore
        /// So many bytes behind the proxy's last word are the edge's.
        case open(left: Int)
        case refused(DialFailure.Code)
    }

    private static func check(
        _ bytes: [UInt8],
        _ negotiation: (EdgeAddress, ProxyCredentials?) -> any ProxyNegotiation
    ) throws {
        guard let edge = EdgeAddress("edge.example:8443") else {
            throw BrokenInvariant(description: "the edge has no address")
        }
        for credentials in [nil, try ProxyCredentials(line: "user:password")] {
            let outcomes = try Pieces.cuts(bytes).map { pieces in
                var talk = negotiation(edge, credentials)
                return try outcome(of: pieces, &talk)
            }
            for outcome in outcomes {
                try require(outcome == outcomes[0], "the verdict depends on how the answer was cut: \(outcomes)")
            }
        }
    }

    private static func outcome(of pieces: [ByteBuffer], _ talk: inout any ProxyNegotiation) throws -> Outcome {
        var buffer = ByteBuffer()
        var rest = pieces.reduce(0) { $0 + $1.readableBytes }
        do throws(ProxyRefusal) {
            _ = try talk.begin()
            for piece in pieces {
                buffer.writeImmutableBuffer(piece)
                rest -= piece.readableBytes
                if try advance(&talk, &buffer) { return .open(left: rest + buffer.readableBytes) }
            }
        } catch {
            return .refused(error.code)
        }
        return .needsMore
    }

    /// Takes what there is; true when the way is open.
    private static func advance(
        _ talk: inout any ProxyNegotiation,
        _ buffer: inout ByteBuffer
    ) throws(ProxyRefusal) -> Bool {
        while true {
            switch try talk.received(&buffer) {
            case .needsMore: return false
            case .send: continue
            case .open: return true
            }
        }
    }
}
#endif
