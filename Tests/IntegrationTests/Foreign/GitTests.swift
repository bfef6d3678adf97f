import Foundation
import TestSupport
import Testing

/// git over its smart HTTP protocol, against git's own CGI program.
@Suite(
    .enabled(if: TestPrograms.pythonWithLibraries != nil, "needs the programs that ./dev test builds"),
    .serialized
)
struct GitTests {
    /// Commands that touch no configuration but their own.
    private func git(_ line: String, _ arguments: String...) throws -> String {
        let settings = """
            set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0
            export GIT_AUTHOR_NAME=visitor GIT_AUTHOR_EMAIL=v@localhost GIT_COMMITTER_NAME=visitor
            export GIT_COMMITTER_EMAIL=v@localhost; exec 2>&1
            """
        let result = try Shell.script("\(settings)\n\(line)", arguments)
        #expect(result.status == 0, "\(result.output)")
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(.timeLimit(.minutes(3)))
    func `clones a repository and pushes to it in chunks`() async throws {
        let folder = try TemporaryFolder()
        let (bare, clone) = ("\(folder.path)/test.git", "\(folder.path)/clone")
        _ = try git(
            """
            git init -q --bare -b main "$1"; git -C "$1" config http.receivepack true
            git init -q -b main "$2"; cd "$2"; head -c 3000000 /dev/urandom > noise; git add noise
            for number in $(seq 50); do echo $number > file; git add file; git commit -q -m $number; done
            git push -q "$1" main
            """,
            bare,
            "\(folder.path)/source"
        )
        let tunnel = try await RunningTunnel(serving: .script("http_origin.py", folder.path))
        _ = try git("git clone -q \"$1\" \"$2\"", tunnel.url("/git/test.git"), clone)
        #expect(try git("git -C \"$1\" fsck --strict && git -C \"$1\" rev-list --count HEAD", clone).hasSuffix("50"))

        // A pack that is larger than git's buffer is sent in chunks, because its length is not known before.
        _ = try git(
            """
            cd "$1"; head -c 5000000 /dev/urandom > more; git add more; git commit -q -m more
            git -c http.postBuffer=65536 push -q origin main
            """,
            clone
        )
        #expect(tunnel.origin.output.contains("chunked POST /git/test.git/git-receive-pack\n"))
        let head = try git("git -C \"$1\" rev-parse main", clone)
        #expect(try git("git -C \"$1\" fsck --strict >&2 && git -C \"$1\" rev-parse main", bare).hasSuffix(head))
    }
}
