import FoundationEssentials
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import AdminHTTP

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite(.timeLimit(.minutes(5)))
struct SocketFileTests {
    private func server(_ path: String) -> AdminServer {
        AdminServer(.unix(path: path), routes: ["/": .get { _ in .text("agent") }])
    }

    private func entries(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    @Test func `the socket answers, is the owner's alone and is gone afterwards`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            try await withServer(server(path)) { address in
                #expect(address == .unix(path: path))
                #expect(String(buffer: try await AdminClient.get("/", at: address).body) == "agent")
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(try entries(folder) == ["agent.sock"])
            }
            #expect(try entries(folder).isEmpty)
        }
    }

    @Test func `a socket for its group has the mode for that, and answers whoever may open it`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            var server = AdminServer(.unix(path: path), routes: ["/": .get { _ in .text("agent") }], access: .group)
            server.isWelcome = { _ in false }
            try await withServer(server) { address in
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o660)
                #expect(try await AdminClient.get("/", at: address).status == 200)
            }
        }
    }

    @Test func `a server's own refusals are worded as its owner wants them`() async throws {
        try await withFolder { folder in
            let server = AdminServer(
                .unix(path: "\(folder)/agent.sock"),
                routes: ["/": .get { _ in .text("agent") }],
                refuse: { .json("\($0) \($1)".utf8, status: $0) }
            )
            try await withServer(server) { address in
                let absent = try await AdminClient.get("/absent", at: address)
                #expect(absent.contentType == "application/json" && String(buffer: absent.body) == "404 nothing here")
                let other = try await AdminClient.post("/", body: ByteBuffer(), at: address)
                #expect(String(buffer: other.body) == "405 use GET, HEAD")
                let long = ByteBuffer(repeating: 1, count: 65 * 1024)
                #expect(String(buffer: try await AdminClient.post("/", body: long, at: address).body).hasPrefix("413"))
            }
        }
    }

    @Test func `a second server on the same path is refused and the first goes on`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            try await withServer(server(path)) { address in
                let error = await #expect(throws: AdminError.self) { try await server(path).run() }
                #expect(error?.code == .addressInUse)
                let answer = try await AdminClient.get("/", at: address)
                #expect(answer.status == 200)
                #expect(try entries(folder) == ["agent.sock"])
            }
        }
    }

    @Test func `who keeps the folder is not taken for who answers`() async throws {
        try await withFolder { folder in
            let group = MultiThreadedEventLoopGroup.singleton
            let claim = { (path: String) in
                try await SocketFile.claim(path, group: group, patience: .milliseconds(50))
            }
            try await withServer(server("\(folder)/taken.sock")) { _ in
                let other = try await SocketFolder.claim(folder)
                let kept = await #expect(throws: AdminError.self) { try await claim("\(folder)/agent.sock") }
                #expect(kept?.code == .folderBusy)
                let answered = await #expect(throws: AdminError.self) { try await claim("\(folder)/taken.sock") }
                #expect(answered?.code == .addressInUse)
                other.release()
                try await claim("\(folder)/agent.sock").remove()
            }
        }
    }

    @Test func `as many as start at the same moment all get their sockets in one folder`() async throws {
        try await withFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await withServer(server("\(folder)/\(number).sock")) { address in
                            let answer = try await AdminClient.get("/", at: address, limits: .patient)
                            #expect(answer.status == 200)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try entries(folder).isEmpty)
        }
    }

    @Test func `what a dead process left behind is replaced`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            let abandoned = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: "\(folder)/bound").get()
            try FileManager.default.moveItem(atPath: "\(folder)/bound", toPath: path)
            try await abandoned.close()
            #expect(try entries(folder) == ["agent.sock"])
            try await withServer(server(path)) { address in
                let answer = try await AdminClient.get("/", at: address)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a file that is no socket stays`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/notes.txt"
            try Data("keep".utf8).write(to: URL(filePath: path))
            let error = await #expect(throws: AdminError.self) { try await server(path).run() }
            #expect(error?.code == .notASocket)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("keep".utf8))
        }
    }

    @Test func `a path that no socket can have is refused`() async throws {
        let error = await #expect(throws: AdminError.self) {
            try await server("/tmp/" + String(repeating: "x", count: 200)).run()
        }
        #expect(error?.code == .badAddress)
    }

    @Test func `of many that want the path at the same moment one gets it`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            let outcomes = try await withThrowingTaskGroup(of: AdminError.Code?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            try await server(path).run()
                            return nil
                        } catch let error as AdminError {
                            return error.code
                        }
                    }
                }
                var refusals: [AdminError.Code?] = []
                while refusals.count < 7, let refusal = try await group.next() { refusals.append(refusal) }
                #expect(try await AdminClient.get("/", at: .unix(path: path)).status == 200)
                group.cancelAll()
                return refusals
            }
            #expect(outcomes == Array(repeating: .addressInUse, count: 7))
            #expect(try entries(folder).isEmpty)
        }
    }

    @Test func `a process that ends leaves the socket of its successor alone`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/agent.sock"
            try await withServer(server(path)) { _ in
                try FileManager.default.removeItem(atPath: path)
                try Data("successor".utf8).write(to: URL(filePath: path))
            }
            #expect(try entries(folder) == ["agent.sock"])
        }
    }

    @Test func `its own user and the administrator may ask, and nobody else`() {
        #expect(PeerUser.mayAsk(geteuid()))
        #expect(PeerUser.mayAsk(0))
        // Also where the process is the administrator's, who may ask anybody but is not asked by all.
        #expect(!PeerUser.mayAsk(geteuid() + 1))
        #expect(PeerUser.mayAnswer(geteuid() + 1) == (geteuid() == 0))
    }

    @Test func `a process of another user gets no answer`() async throws {
        try await withFolder { folder in
            var server = server("\(folder)/agent.sock")
            let (users, asked) = AsyncStream.makeStream(of: UInt32.self)
            server.isWelcome = { user in
                asked.yield(user)
                return false
            }
            try await withServer(server) { address in
                let error = await #expect(throws: AdminError.self) { try await AdminClient.get("/", at: address) }
                // A server that is quick has closed before the client can ask who it is.
                #expect(error?.code == .answerCut || error?.code == .cannotConnect)
                #expect(await users.first { _ in true } == geteuid())
            }
        }
    }
}
