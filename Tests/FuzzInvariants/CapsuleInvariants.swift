import NIOCore
import TunnelProtocol

/// Datagrams are the same however their capsules were cut, and hardly anything is held between them.
enum CapsuleInvariants {
    private struct Verdict: Equatable {
        var payloads: [ByteBuffer] = []
        var skipped = 0
        var error: CapsuleError?
    }

    static func datagrams(_ bytes: [UInt8]) throws {
        let verdicts = try Pieces.cuts(bytes).map(decode)
        try require(verdicts.allSatisfy { $0 == verdicts[0] }, "the same bytes read as other datagrams when cut")
        for payload in verdicts[0].payloads {
            try require(payload.readableBytes <= TunnelConstants.datagramBytes, "a datagram is too long")
            guard let capsule = DatagramCapsule.encode(payload) else {
                throw BrokenInvariant(description: "a datagram cannot be passed on")
            }
            let again = try decode([capsule])
            try require(again == Verdict(payloads: [payload]), "a datagram changes when it is passed on")
        }
    }

    private static func decode(_ pieces: [ByteBuffer]) throws -> Verdict {
        var decoder = CapsuleDecoder()
        var verdict = Verdict()
        for piece in pieces {
            decoder.feed(piece)
            do throws(CapsuleError) {
                while let payload = try decoder.next() { verdict.payloads.append(payload) }
            } catch {
                verdict.error = error
                break
            }
            // Two integers of eight bytes stand before a datagram, and its context before the payload.
            try require(decoder.pendingBytes <= TunnelConstants.datagramBytes + 24, "more is held than one datagram")
        }
        verdict.skipped = decoder.skippedDatagrams
        return verdict
    }
}
