#if DEBUG || FUZZING
import HTTPFields
import NIOCore

@testable import TunnelTLS

/// The key exchange is read out of the bytes that say it, however they were cut, and never waited for without an end.
enum HelloInvariants {
    static func serverHello(_ bytes: [UInt8]) throws {
        let outcomes = Pieces.cuts(bytes).map(outcome)
        try require(outcomes.allSatisfy { $0 == outcomes[0] }, "the same bytes read as another hello when cut")
        switch outcomes[0] {
        case .needsMore:
            // A record's own header has five bytes.
            try require(bytes.count < 5 + ServerHelloReader.limit, "a hello is waited for without an end")
        case .found(let group):
            // key_share, whose length is not looked at here, and then the group.
            let isThere = bytes.indices.dropLast(5).contains { place in
                bytes[place] == 0 && bytes[place + 1] == 51
                    && UInt16(bytes[place + 4]) << 8 | UInt16(bytes[place + 5]) == group
            }
            try require(isThere, "a group is read that stands nowhere")
        case .absent: break
        }
    }

    private static func outcome(_ pieces: [ByteBuffer]) -> ServerHelloReader.Outcome {
        var reader = ServerHelloReader()
        for piece in pieces {
            let outcome = reader.read(piece)
            guard outcome == .needsMore else { return outcome }
        }
        return .needsMore
    }
}
#endif
