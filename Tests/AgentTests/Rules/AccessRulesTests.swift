import HTTPFields
import Testing
import TunnelProtocol

@testable import Agent

struct AccessRulesTests {
    private func admits(allow: [String] = [], deny: [String] = [], _ address: String?) throws -> Bool {
        try AccessRules(allow: allow, deny: deny).admits(address.flatMap { IPAddress($0) })
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1", nil] as [String?])
    func `lets everybody in without a rule`(address: String?) throws {
        #expect(try admits(address))
        #expect(AccessRules.none.admits(address.flatMap { IPAddress($0) }))
    }

    @Test func `keeps out whatever is not allowed once anything is`() throws {
        #expect(try admits(allow: ["192.0.2.0/24"], "192.0.2.9"))
        #expect(try !admits(allow: ["192.0.2.0/24"], "198.51.100.1"))
        #expect(try !admits(allow: ["0.0.0.0/0"], "2001:db8::1"))
    }

    @Test func `keeps out what is denied, allowed or not`() throws {
        #expect(try !admits(deny: ["192.0.2.0/24"], "192.0.2.9"))
        #expect(try admits(deny: ["192.0.2.0/24"], "198.51.100.1"))
        #expect(try !admits(allow: ["192.0.2.0/24"], deny: ["192.0.2.9"], "192.0.2.9"))
        #expect(try !admits(allow: ["192.0.2.9"], deny: ["192.0.2.0/24"], "192.0.2.9"))
    }

    @Test func `takes a mapped address for what it is`() throws {
        #expect(try !admits(deny: ["192.0.2.0/24"], "::ffff:192.0.2.9"))
        #expect(try admits(allow: ["192.0.2.0/24"], "::ffff:c000:209"))
    }

    @Test func `keeps out whoever is not known, once there is a rule`() throws {
        #expect(try !admits(deny: ["192.0.2.0/24"], nil))
        #expect(try !admits(allow: ["0.0.0.0/0", "::/0"], nil))
    }

    @Test func `names the block that is wrong`() {
        #expect(throws: VisitorRulesError(.deny, "'10.0.0.1/8' has bits behind its prefix: it names no block")) {
            try AccessRules(allow: ["::1"], deny: ["10.0.0.0/8", "10.0.0.1/8"])
        }
        #expect(throws: VisitorRulesError.self) {
            try AccessRules(allow: [String](repeating: "192.0.2.1", count: 1025), deny: [])
        }
    }
}

/// Whom a request is taken to come from; the edge's words and nobody else's.
struct VisitorAddressTests {
    private func visitor(_ fields: (String, String)...) -> String? {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        return IPAddress(visitorOf: section)?.description
    }

    @Test func `is the one address of the field that the edge writes`() {
        #expect(visitor(("x-forwarded-for", "192.0.2.1")) == "192.0.2.1")
        #expect(visitor(("X-Forwarded-For", "2001:db8::1")) == "2001:db8::1")
        #expect(visitor(("x-forwarded-for", "::ffff:192.0.2.1")) == "192.0.2.1")
    }

    @Test func `is nobody's when the field is not as an edge writes it`() {
        #expect(visitor() == nil)
        #expect(visitor(("x-forwarded-for", "192.0.2.1, 203.0.113.9")) == nil)
        #expect(visitor(("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1")) == nil)
        #expect(visitor(("x-forwarded-for", "unknown")) == nil)
        #expect(visitor(("x-forwarded-for", "192.0.2.1:80")) == nil)
    }

    @Test(arguments: ["x_forwarded_for", "x-real-ip", "forwarded", "cf-connecting-ip", "osm-visitor"])
    func `is not what any other field says`(name: String) {
        #expect(visitor((name, "192.0.2.1")) == nil)
    }

    @Test func `of a raw stream is the edge's word too`() throws {
        let rules = try AccessRules(allow: ["192.0.2.0/24"], deny: [])
        var known = FieldSection()
        known.append("osm-visitor", "[::ffff:192.0.2.7]:5000")
        #expect(rules.refusal(ofRaw: known) == nil)
        known.append("osm-visitor", "192.0.2.7:5000")
        #expect(rules.refusal(ofRaw: known)?.status == "403")
        var stranger = FieldSection()
        stranger.append("osm-visitor", "203.0.113.9:5000")
        stranger.append("x-forwarded-for", "192.0.2.7")
        #expect(rules.refusal(ofRaw: stranger)?.status == "403")
        #expect(rules.refusal(ofRaw: FieldSection())?.status == "403")
        #expect(AccessRules.none.refusal(ofRaw: FieldSection()) == nil)
    }
}
