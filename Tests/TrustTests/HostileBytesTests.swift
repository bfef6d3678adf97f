import Foundation
import Testing

@testable import Trust

struct HostileBytesTests {
    /// SplitMix64, so that a failure can be run again.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// Either end of a tunnel, as the other end sees it.
    enum End: CaseIterable { case edge, device }

    private let anchors: TrustAnchors
    private let chains: [End: [[UInt8]]]

    init() throws {
        let owner = try Operator()
        anchors = TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)])
        chains = [.edge: try owner.edgeChain(), .device: try owner.deviceChain()]
    }

    private func accepts(_ chain: [[UInt8]], from end: End) -> Bool {
        let reason = refusal {
            switch end {
            case .edge:
                let verifier = EdgeVerifier(anchors: anchors)
                _ = try verifier.verify(chain: chain, serverName: Operator.domain, at: Operator.now)
            case .device:
                let verifier = DeviceVerifier(anchors: anchors, revocations: [])
                _ = try verifier.verify(chain: chain, at: Operator.now)
            }
        }
        return reason == nil
    }

    @Test(arguments: End.allCases)
    func `accepts no chain that is cut off`(end: End) throws {
        let chain = try #require(chains[end])
        #expect(accepts(chain, from: end))
        for member in chain.indices {
            for length in chain[member].indices {
                var spoilt = chain
                spoilt[member] = Array(chain[member][..<length])
                #expect(!accepts(spoilt, from: end))
            }
        }
    }

    /// The slowest: one end must do, as the ends differ in what they ask of a leaf alone.
    @Test func `accepts no chain with one bit changed`() async throws {
        let chain = try #require(chains[.device])
        for member in chain.indices {
            for bit in 0..<(chain[member].count * 8) {
                var spoilt = chain
                spoilt[member][bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(!accepts(spoilt, from: .device), "bit \(bit) of certificate \(member)")
                if bit.isMultiple(of: 64) { await Task.yield() }
            }
        }
    }

    @Test(arguments: End.allCases, 1...8 as ClosedRange<UInt64>)
    func `accepts no chain with bytes changed, cut out or put in`(end: End, seed: UInt64) throws {
        let chain = try #require(chains[end])
        var random = Seeded(state: seed)
        for _ in 0..<500 {
            var spoilt = chain
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let member = Int.random(in: spoilt.indices, using: &random)
                spoil(&spoilt[member], &random)
            }
            #expect(spoilt == chain || !accepts(spoilt, from: end), "seed \(seed)")
        }
    }

    private func spoil(_ bytes: inout [UInt8], _ random: inout Seeded) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: bytes.indices, using: &random)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
        default: bytes.removeSubrange(place..<min(place + 16, bytes.count))
        }
    }
}
