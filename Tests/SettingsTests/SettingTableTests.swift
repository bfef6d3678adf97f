import Testing

@testable import Settings

struct SettingTableTests {
    struct Sample: Sendable, Equatable {
        var listen = "127.0.0.1:1"
        var isOpen = false
        var names: [String] = []
        var size = 65_536
        var token: Secret?
    }

    private let table = SettingTable<Sample>(
        prefix: "APP_",
        [
            Setting("visitor.listen", .text("host:port"), \.listen, change: .restart, "Where."),
            Setting("is_open", .truth, \.isOpen, change: .live, "Whether."),
            Setting("names", .text("name"), list: \.names, change: .live, "Which."),
            Setting("limits.size", .bytes(1...1_048_576), \.size, change: .live, "How much."),
            Setting("token", leastBytes: 3, secret: \.token, change: .restart, "A secret."),
        ]
    )

    private func problems(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let error as SettingsProblems {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    private func written(_ key: String, _ words: String...) -> SettingTable<Sample>.Written {
        .init(key: key, words: words, place: .file(path: "f.yaml", .init(line: 3, column: 5)))
    }

    @Test func `a flag comes before the environment, and that before the file`() throws {
        let flags = try table.flags(["--limits-size", "1KiB"])
        let environment = try table.environment(["APP_LIMITS_SIZE": "2KiB", "APP_IS_OPEN": "true"]) { _ in [] }
        let file = [written("limits.size", "3KiB"), written("is_open", "false"), written("visitor.listen", "a:2")]
        let resolution = try table.resolve(flags + environment + file, over: Sample())
        #expect(resolution.target == Sample(listen: "a:2", isOpen: true, size: 1024))
        #expect(resolution.sources["limits.size"]?.description == "--limits-size")
        #expect(resolution.sources["is_open"]?.description == "APP_IS_OPEN")
        #expect(resolution.sources["visitor.listen"]?.description == "f.yaml:3:5")
        #expect(resolution.sources["names"] == nil)
    }

    @Test func `a list is replaced by the stronger source, not added to`() throws {
        let flags = try table.flags(["--names", "a", "--names=b"])
        let environment = try table.environment(["APP_NAMES": "c  d\te"]) { _ in [] }
        #expect(environment.first?.words == ["c", "d", "e"])
        #expect(try table.resolve(flags + environment, over: Sample()).target.names == ["a", "b"])
    }

    @Test func `an unknown key is refused with its place and what may have been meant`() {
        #expect(
            problems { _ = try table.resolve([written("visitor.lisent", "x")], over: Sample()) }
                == ["f.yaml:3:5: there is no setting 'visitor.lisent'; did you mean 'visitor.listen'?"]
        )
        #expect(
            problems { _ = try table.flags(["--limit-size", "3", "--names", "a"]) }
                == ["--limit-size: there is no such flag; did you mean '--limits-size'?"]
        )
        #expect(
            problems { _ = try table.environment(["APP_IS_OPN": "true", "OTHER": "x"]) { _ in [] } }
                == ["APP_IS_OPN: there is no setting of this name; did you mean 'APP_IS_OPEN'?"]
        )
        // ZZZEN and TOKEN are three letters apart: near for words of nine letters, not for those of five.
        #expect(
            problems { _ = try table.environment(["APP_FOO": "x", "APP_ZZZEN": "x"]) { _ in [] } } == [
                "APP_FOO: there is no setting of this name", "APP_ZZZEN: there is no setting of this name",
            ]
        )
        #expect(
            problems { _ = try table.resolve([written("colour", "x")], over: Sample()) }
                == ["f.yaml:3:5: there is no setting 'colour'"]
        )
    }

    @Test func `every problem is reported, also of a value that a stronger source hides`() throws {
        let flags = try table.flags(["--limits-size", "1KiB"])
        let found = problems {
            _ = try table.resolve(
                flags + [written("limits.size", "much"), written("is_open", "yes")],
                over: Sample()
            )
        }
        #expect(found.count == 2)
        #expect(found.first == "f.yaml:3:5: limits.size: 'much' is not a size from 1 to 1MiB, such as 64KiB")
    }

    @Test func `a flag without a value, twice, or without dashes is refused`() {
        #expect(problems { _ = try table.flags(["--names"]) } == ["--names: a value is missing: <name>"])
        #expect(problems { _ = try table.flags(["--names", "--is-open"]) }.count == 1)
        #expect(
            problems { _ = try table.flags(["--limits-size", "1", "--limits-size", "2"]) }
                == ["--limits-size: it is given more than once"]
        )
        #expect(problems { _ = try table.flags(["stray"]) } == ["stray: this is not a flag"])
    }

    @Test func `a truth needs no value behind its flag`() throws {
        let values = try table.flags(["--is-open", "--names", "a"])
        #expect(try table.resolve(values, over: Sample()).target == Sample(isOpen: true, names: ["a"]))
        #expect(try table.resolve(table.flags(["--is-open=false"]), over: Sample()).target.isOpen == false)
    }

    @Test func `a secret has no flag, comes from a file, and does not show`() throws {
        #expect(
            problems { _ = try table.flags(["--token", "abc"]) }
                == ["--token: a secret has no flag; put it into a file and name that in APP_TOKEN_FILE"]
        )
        let values = try table.environment(["APP_TOKEN_FILE": "/run/token"]) { path in Array("from \(path)\n".utf8) }
        let target = try table.resolve(values, over: Sample()).target
        #expect(target.token == Secret(Array("from /run/token".utf8)))
        #expect(table.setting("token")?.words(target) == ["(secret)"])
        #expect(table.setting("token")?.words(Sample()) == [])
    }

    @Test func `a secret that was repaired on its way is refused`() throws {
        let values = try table.environment(["APP_TOKEN": "ab\u{FFFD}\u{FFFD}"]) { _ in [] }
        let found = problems { _ = try table.resolve(values, over: Sample()) }
        #expect(found == ["APP_TOKEN: token: the secret cannot be used: it is not UTF-8"])
    }

    @Test func `a secret in the place of its file's name is not shown`() {
        let found = problems {
            _ = try table.environment(["APP_TOKEN_FILE": "s3cret"]) { _ in
                throw SettingRefusal("there is no such file")
            }
        }
        #expect(found == ["APP_TOKEN_FILE: the file that it names: there is no such file"])
    }

    @Test(arguments: [("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), ("s\r", "s\r"), ("s", "s"), ("\n", "")])
    func `the last line end of a secret's file is no part of it`(file: String, secret: String) throws {
        let values = try table.environment(["APP_TOKEN_FILE": "f"]) { _ in Array(file.utf8) }
        #expect(values.map(\.words) == [[secret]])
    }

    @Test func `a secret's file that is not UTF-8 is refused, with a way to make a better one`() {
        let found = problems {
            _ = try table.environment(["APP_TOKEN_FILE": "f"]) { _ in Array(repeating: 0xFF, count: 11) }
        }
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("it is not UTF-8: make a secret with `openssl rand -hex 32`") == true)
    }

    @Test func `what Kubernetes says about a Service of the same name is no setting`() throws {
        let links = [
            "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_TUNNEL", "PORT", "PORT_8443_TCP", "PORT_8443_TCP_PROTO",
            "PORT_8443_TCP_PORT", "PORT_8443_TCP_ADDR", "PORT_53_UDP", "PORT_5_SCTP_ADDR",
        ]
        for stem in ["APP_", "APP_ADMIN_"] {
            var environment = ["APP_IS_OPEN": "true"]
            for link in links { environment[stem + link] = "x" }
            #expect(try table.environment(environment) { _ in [] }.map(\.key) == ["is_open"])
        }
    }

    @Test(arguments: [
        "APP_SERVICE", "APP_PORTS", "APP_PORT_TCP", "APP_PORT_8443", "APP_PORT_X_TCP", "APP_PORT_1_TCP_HOST",
        "APP_A_PORT",
    ])
    func `another name next to a Service's is refused as ever`(name: String) {
        #expect(problems { _ = try table.environment(["APP_SERVICE_HOST": "x", name: "y"]) { _ in [] } }.count == 1)
    }

    @Test func `the same names without a Service are refused`() {
        #expect(problems { _ = try table.environment(["APP_PORT": "x"]) { _ in [] } }.count == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a file of nothing but wrong keys is refused soon, with fifty of them and their number`() {
        let values = (0..<20_000).map { written("visitor.lisent\($0)", "x") }
        let error = #expect(throws: SettingsProblems.self) { _ = try table.resolve(values, over: Sample()) }
        #expect(error?.lines.count == 51)
        #expect(error?.lines.last == "and 19950 more")
        #expect(error?.problems[49].suggestion == "visitor.listen")
        #expect(error?.problems[50].suggestion == nil)
    }

    @Test func `what has changed is told by setting`() {
        let changed = table.differences(Sample(), Sample(isOpen: true, token: Secret([1])))
        #expect(changed.map(\.key) == ["is_open", "token"])
        #expect(changed.map(\.change) == [.live, .restart])
        let other = table.differences(Sample(token: Secret([1])), Sample(token: Secret([2])))
        #expect(other.map(\.key) == ["token"])
        #expect(table.differences(Sample(token: Secret([1])), Sample(token: Secret([1]))).isEmpty)
    }
}
