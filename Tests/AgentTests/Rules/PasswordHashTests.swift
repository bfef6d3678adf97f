import Testing

@testable import Agent

struct PasswordHashTests {
    // RFC 7914, 12: the vector whose cost is one that is taken.
    private static let vector =
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$"
        + "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"

    @Test func `agrees with the vector of the RFC`() throws {
        let hash = try #require(PasswordHash(Self.vector[...]))
        #expect(try hash.matches(Array("pleaseletmein".utf8)))
        #expect(try !hash.matches(Array("pleaseletmeim".utf8)))
        #expect(hash.description == Self.vector)
    }

    @Test func `takes what it has made itself, under a salt of its own each time`() throws {
        let password = Array("löwe".utf8)
        let one = try PasswordHash(of: password)
        let other = try PasswordHash(of: password)
        #expect(one.salt != other.salt && one.key != other.key)
        let read = try #require(PasswordHash(one.description[...]))
        #expect(read == one)
        #expect(try read.matches(password))
        #expect(one.description.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    }

    @Test(arguments: [
        "ln=13,r=8,p=1", "ln=18,r=8,p=1", "ln=99,r=8,p=1", "ln=14,r=4,p=1", "ln=17,r=16,p=1", "ln=14,r=8,p=9",
        "ln=14,r=8,p=0",
        "ln=+14,r=8,p=1", "ln=014,r=8,p=1", "r=8,ln=14,p=1", "ln=14,r=8", "ln=14,r=8,p=1,x=1", "ln=14,r=8,p=1,", "",
    ])
    func `refuses a cost that is too low, too high or unclear`(cost: String) {
        #expect(PasswordHash(Self.vector.replacing("ln=14,r=8,p=1", with: cost)[...]) == nil)
    }

    @Test(arguments: [
        "", "$", "secret", "$scrypt$", "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU", "$2y$10$abcdefghijklmnopqrstuv",
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$", "$scrypt$ln=14,r=8,p=1$$AAAA", "x\(vector)", "\(vector)$",
        "\(vector)=",
        "\(vector) ", "$scrypt$ln=14,r=8,p=1$AAAA$\(String(repeating: "A", count: 43))",
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGV$\(String(repeating: "A", count: 43))",
        "$scrypt$ln=14,r=8,p=1$\(String(repeating: "A", count: 4000))$\(String(repeating: "A", count: 43))",
    ])
    func `refuses what is no such hash`(text: String) {
        #expect(PasswordHash(text[...]) == nil)
    }
}

struct PasswordListTests {
    private static let hash = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$" + String(repeating: "A", count: 43)
    private static let dear = "$scrypt$ln=16,r=8,p=1$U29kaXVtQ2hsb3JpZGU$" + String(repeating: "A", count: 43)

    @Test func `reads users, and skips what says nothing`() throws {
        let list = try PasswordList("# people\r\nann:\(Self.hash)\n\nbjörn o:\(Self.dear)\n")
        #expect(list.hash(of: "ann").isKnown)
        #expect(list.hash(of: "björn o").isKnown)
        #expect(!list.hash(of: "Ann").isKnown)
        #expect(!list.hash(of: "").isKnown)
    }

    @Test func `holds an unknown user's password against a hash of the dearest cost`() throws {
        let list = try PasswordList("ann:\(Self.hash)\nbob:\(Self.dear)\n")
        #expect(list.hash(of: "eve").hash.cost == list.hash(of: "bob").hash.cost)
    }

    @Test(arguments: [
        ("bob:$2y$10$NzRhYmNkZWZnaGlqa2xtbuW", "bcrypt"), ("bob:$apr1$salt$secrethash", "MD5"),
        ("bob:{SHA}c2VjcmV0", "SHA-1"),
        ("bob:$6$salt$secrethash", "SHA-512"), ("bob:secret", "not hashed"), ("bob:{PLAIN}secret", "not hashed"),
        ("bob:$scrypt$ln=10,r=8,p=1$c2VjcmV0c2VjcmV0$c2VjcmV0", "another form or cost"),
    ])
    func `names the line and the next step, and nothing of a hash`(line: String, kind: String) throws {
        let error = #expect(throws: VisitorRulesError.self) { try PasswordList("# first\nann:\(Self.hash)\n\(line)\n") }
        let text = try #require(error?.description)
        #expect(text.hasPrefix("line 3: the password of 'bob' is") && text.contains(kind))
        #expect(text.contains("osm-agent password hash"))
        #expect(!text.contains("secret") && !text.contains("NzRh"))
    }

    @Test(arguments: ["", "# nobody\n", "bob\n", ":\(hash)\n", "a\u{1}b:\(hash)\n", "bob:\(hash)\nbob:\(dear)\n"])
    func `refuses a file that lets nobody in or is not clear`(text: String) {
        #expect(throws: VisitorRulesError.self) { try PasswordList(text) }
    }

    @Test func `takes so many users and no more`() throws {
        let lines = (0..<PasswordList.mostUsers).map { "user\($0):\(Self.hash)\n" }.joined()
        _ = try PasswordList(lines)
        #expect(throws: VisitorRulesError.self) { try PasswordList(lines + "more:\(Self.hash)\n") }
    }
}

extension PasswordListTests {
    /// What a visitor's Authorization says.
    struct Credentials {
        private func read(_ values: String...) -> BasicCredentials? {
            BasicCredentials(.authorized(values))
        }

        @Test func `are a user and a password up to the first colon`() {
            #expect(read("Basic YW5uOnNlOmNyZXQ=")?.user == "ann")
            #expect(read("bAsIc YW5uOnNlOmNyZXQ=")?.password == Array("se:cret".utf8))
        }

        @Test func `are not there unless there is exactly one field of that scheme and form`() {
            #expect(read() == nil)
            #expect(read("Basic YW5uOnNlOmNyZXQ=", "Basic YW5uOnNlOmNyZXQ=") == nil)
            for value in [
                "", "Basic", "Basic ", "Bearer YW5uOnNlOmNyZXQ=", "YW5uOnNlOmNyZXQ=", "Basic YW5uOnNlOmNyZXQ",
                "Basic !!!!",
                "Basic YW5u", "Basic OnNlY3JldA==", "Basic YW5uOg==", "Basic YW5uOgA=", "Basic AGE6Yg==", "Basic /zpi",
                "Basic " + String(repeating: "A", count: 1100),
            ] { #expect(read(value) == nil, "\(value)") }
        }
    }
}
