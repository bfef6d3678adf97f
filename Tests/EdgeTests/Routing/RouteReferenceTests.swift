import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// The table against an implementation that is slow and plain.
struct RouteReferenceTests {
    private static let device = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"

    /// Few words, so that names and paths meet often; some of them alike but for one character.
    private static let labels = ["a", "b", "ab", "a-b", "xn--a", "c"]
    private static let segments = ["a", "A", "b", "ab", "%61", "a.b"]
    private static let hostile = [
        "", "/", "//", ".", "..", "%2F", "%", "?", "?/a", "a?", ";", "\0", "\u{212A}", "*", "\\", "é", "a\u{301}", "#",
    ]

    private var random = Numbers(state: 20_260_415)

    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        }
    }

    private mutating func words(_ list: [String], _ count: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: count, using: &random)).compactMap { _ in list.randomElement(using: &random) }
    }

    private mutating func site() -> String {
        let star = Int.random(in: 0..<3, using: &random) == 0 ? "*." : ""
        let path = words(Self.segments, 0...3).map { "/\($0)" }.joined()
        return star + words(Self.labels, 1...3).joined(separator: ".") + path
    }

    private mutating func path() -> String {
        "/" + words(Self.segments + Self.segments + Self.hostile, 0...5).joined(separator: "/")
    }

    /// What a person would do by hand with the operator's list: host first, then the longest prefix.
    private func expected(_ host: String, _ target: String, of sites: [String]) -> String? {
        let path = target.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let rows = sites.map { site in
            let slash = site.firstIndex(of: "/") ?? site.endIndex
            return (host: String(site[..<slash]), path: String(site[slash...]))
        }
        let exact = rows.filter { $0.host == host }
        let wild = rows.filter {
            let labels = host.split(separator: ".", omittingEmptySubsequences: false)
            return $0.host == "*." + labels.dropFirst().joined(separator: ".")
        }
        let matching = (exact.isEmpty ? wild : exact).filter { row in
            Array(path.utf8) == Array(row.path.utf8) || path.utf8.starts(with: (row.path + "/").utf8)
        }
        return matching.max { $0.path.utf8.count < $1.path.utf8.count }.map { $0.host + $0.path }
    }

    @Test mutating func `finds what a person would find for ten thousand hosts and paths`() async throws {
        var (found, missed) = (0, 0)
        for _ in 0..<20 {
            await Task.yield()
            let sites = (0..<60).map { _ in site() }
            var table = BindingTable(baseDomain: try #require(HostName("t.example")))
            let key = StickyKey()
            for site in sites { table.fix(try FixedBinding("\(site)=\(Self.device)"), key: key) }
            #expect(table.count == Set(sites).count)
            for _ in 0..<500 {
                let (host, path) = (words(Self.labels, 1...4).joined(separator: "."), path())
                let match = table.match(host, path.utf8, at: .uptimeNanoseconds(1))
                let site = match.map { "\($0.binding.host)" + ($0.binding.path == .root ? "" : $0.binding.path.text) }
                #expect(site == expected(host, path, of: sites), "\(host) \(path)")
                found += site == nil ? 0 : 1
                missed += site == nil ? 1 : 0
            }
        }
        #expect(found > 1000 && missed > 1000)
    }
}
