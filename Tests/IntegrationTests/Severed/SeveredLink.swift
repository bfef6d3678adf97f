import Foundation
import Testing

/// A network namespace behind a cable of its own, in which packets can be made to vanish; gone with this object.
///
/// Packets are lost by giving them a hardware address that nobody has: no route changes and nothing is refused, so
/// neither end hears of it.
final class SeveredLink {
    /// Which packets vanish.
    enum Direction: Sendable, CaseIterable { case both, towardsEdge, towardsAgent }

    /// The address of this end, where edges listen.
    let address: String
    private let farAddress: String
    private let name = "osm-\(getpid())"
    private let cable = "osm\(getpid())"

    /// Whether this process may make one.
    static let isPossible =
        geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/ip")

    /// Lays the cable.
    ///
    /// - Throws: When the kernel does not let this process do it.
    init() throws {
        let subnet = "10.231.\(getpid() % 250)"
        address = "\(subnet).1"
        farAddress = "\(subnet).2"
        try ip("netns", "add", name)
        try ip("link", "add", "\(cable)a", "type", "veth", "peer", "name", "\(cable)b", "netns", name)
        try ip("address", "add", "\(address)/30", "dev", "\(cable)a")
        try ip("link", "set", "\(cable)a", "up")
        try ip("-n", name, "address", "add", "\(farAddress)/30", "dev", "\(cable)b")
        try ip("-n", name, "link", "set", "\(cable)b", "up")
        try ip("-n", name, "link", "set", "lo", "up")
    }

    deinit {
        // A namespace takes its time to go, and the cable with it.
        do {
            try ip("link", "delete", "\(cable)a")
            try ip("netns", "delete", name)
        } catch {
            Issue.record(error)
        }
    }

    /// A program at the far end.
    func program(_ name: String, _ arguments: [String], in folder: String) throws -> Program {
        let words = ["netns", "exec", self.name, try TestPrograms.path(name)] + arguments
        return try Program("/usr/sbin/ip", words, in: folder, called: name)
    }

    func cut(_ direction: Direction) throws {
        let nobody = ["lladdr", "02:00:00:00:00:01", "nud", "permanent"]
        switch direction {
        case .both:
            try cut(.towardsEdge)
            try cut(.towardsAgent)
        case .towardsEdge: try ip(["-n", name, "neighbour", "replace", address, "dev", "\(cable)b"] + nobody)
        case .towardsAgent: try ip(["neighbour", "replace", farAddress, "dev", "\(cable)a"] + nobody)
        }
    }

    func heal(_ direction: Direction) throws {
        switch direction {
        case .both:
            try heal(.towardsEdge)
            try heal(.towardsAgent)
        case .towardsEdge: try ip("-n", name, "neighbour", "delete", address, "dev", "\(cable)b")
        case .towardsAgent: try ip("neighbour", "delete", farAddress, "dev", "\(cable)a")
        }
    }

    private func ip(_ words: String...) throws { try ip(words) }

    private func ip(_ words: [String]) throws {
        let done = try Shell.script("exec \"$@\" 2>&1", ["/usr/sbin/ip"] + words)
        try #require(done.status == 0, "ip \(words.joined(separator: " ")): \(done.output)")
    }
}
