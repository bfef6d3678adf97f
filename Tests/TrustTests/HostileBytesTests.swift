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

    private let anchors: TrustAnchors
    private let chain: [[UInt8]]

    init() throws {
        let owner = try Operator()
        anchors = TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)])
        chain = try owner.deviceChain()
    }

    private func accepts(_ chain: [[UInt8]]) -> Bool {
        let verifier = DeviceVerifier(anchors: anchors, revocations: [])
        return refusal { _ = try verifier.verify(chain: chain, at: Operator.now) } == nil
    }

    @Test func `accepts no chain that is cut off`() {
        #expect(accepts(chain))
        for member in chain.indices {
            for length in chain[member].indices {
                var spoilt = chain
                spoilt[member] = Array(chain[member][..<length])
                #expect(!accepts(spoilt))
            }
        }
    }

    @Test func `accepts no chain with one bit changed`() {
        for member in chain.indices {
            for bit in 0..<(chain[member].count * 8) {
                var spoilt = chain
                spoilt[member][bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(!accepts(spoilt), "bit \(bit) of certificate \(member)")
            }
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `accepts no chain with bytes changed, cut out or put in`(seed: UInt64) {
        var random = Seeded(state: seed)
        for _ in 0..<500 {
            var spoilt = chain
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let member = Int.random(in: spoilt.indices, using: &random)
                spoil(&spoilt[member], &random)
            }
            #expect(spoilt == chain || !accepts(spoilt), "seed \(seed)")
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
