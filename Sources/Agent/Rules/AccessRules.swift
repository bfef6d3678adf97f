package import TunnelProtocol

/// From which addresses visitors may come.
///
/// A denied block wins over an allowed one. Once anything is allowed, everything else is denied; once there is any rule, so
/// is a visitor whose address nobody knows.
package struct AccessRules: Sendable, Equatable {
    private let allowed: [AddressBlock]
    private let denied: [AddressBlock]

    /// Everybody may come.
    package static let none = AccessRules()

    private init() {
        allowed = []
        denied = []
    }

    /// Reads addresses and CIDR blocks.
    package init(allow: [String], deny: [String]) throws(VisitorRulesError) {
        allowed = try Self.blocks(allow, .allow)
        denied = try Self.blocks(deny, .deny)
    }

    package var isEmpty: Bool { allowed.isEmpty && denied.isEmpty }

    /// Whether a visitor from that address may come in; nil stands for an address that is not known.
    package func admits(_ address: IPAddress?) -> Bool {
        guard !isEmpty else { return true }
        guard let address, !denied.contains(where: { $0.contains(address) }) else { return false }
        return allowed.isEmpty || allowed.contains { $0.contains(address) }
    }

    /// A list longer than this is a firewall's work: every request is held against every block.
    private static let most = 1024

    private static func blocks(
        _ words: [String],
        _ rule: VisitorRulesError.Rule
    ) throws(VisitorRulesError) -> [AddressBlock] {
        guard words.count <= most else {
            throw VisitorRulesError(rule, "there are \(words.count) blocks; at most \(most) are taken")
        }
        var blocks: [AddressBlock] = []
        for word in words {
            do throws(AddressBlock.Problem) {
                blocks.append(try AddressBlock(word))
            } catch {
                throw VisitorRulesError(rule, error.sentence(about: word))
            }
        }
        return blocks
    }
}
