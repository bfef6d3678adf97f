import Foundation
import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct CurlCommandTests {
    private let log = ExchangeLog(pace: .zero)

    /// What a shell gives to curl: its arguments, and what comes through a pipe.
    private struct Call {
        let arguments: [String]
        let input: [UInt8]
    }

    /// Runs the command with a curl that only writes down how it was called.
    private func call(_ command: CurlCommand) throws -> Call {
        let folder = FileManager.default.temporaryDirectory.appending(path: "curl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        let script =
            "#!/bin/sh\nprintf '%s\\0' \"$@\" > '\(folder.path)/arguments'\n[ -t 0 ] || cat > '\(folder.path)/input'\n"
        let curl = folder.appending(path: "curl")
        try Data(script.utf8).write(to: curl)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: curl.path)

        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        // As a file: a system may refuse an argument as long as some commands are.
        let pasted = folder.appending(path: "pasted")
        try Data(command.text.utf8).write(to: pasted)
        shell.arguments = [pasted.path]
        shell.environment = ["PATH": "\(folder.path):/usr/bin:/bin"]
        shell.currentDirectoryURL = folder
        shell.standardInput = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "arguments", "curl", "input", "pasted",
            ]
        )
        let words = try Data(contentsOf: folder.appending(path: "arguments")).split(
            separator: 0,
            omittingEmptySubsequences: false
        )
        return Call(
            arguments: words.dropLast().map { String(decoding: $0, as: UTF8.self) },
            input: [UInt8](try Data(contentsOf: folder.appending(path: "input")))
        )
    }

    private func command(_ request: FieldSection, _ body: String? = nil, _ redaction: Redaction? = nil) throws
        -> CurlCommand
    {
        let detail = try #require(log.detail(of: log.pass(request, body), redaction: redaction))
        return try #require(CurlCommand(detail))
    }

    private static let hostile = [
        "'; touch broken; '", "$(touch broken)", "`touch broken`", "\\'; touch broken #", "\"; touch broken; \"",
        "a'b''c\\",
        "* ? [a-z] {1,2} ~ !! $HOME ${IFS}", "-o broken", "@/etc/passwd", "a & touch broken", "ü漢", "%s %n \\0", "",
    ]

    @Test(arguments: hostile)
    func `says what was asked, whatever stands in it`(text: String) throws {
        let path = "/p'$(touch$IFS\"broken)`[1-3]{a,b}?x=" + text.filter { $0 != " " }
        let request = FieldSection.request(
            "POST",
            path,
            ["x-hostile": text, "content-length": "3", "x-forwarded-for": "1"]
        )
        let call = try call(try command(request, text + "\n" + text))
        #expect(
            call.arguments == [
                "--globoff", "--path-as-is", "--request", "POST", "https://app.example.com\(path)",
                "--header", text.isEmpty ? "x-hostile;" : "x-hostile: \(text)", "--data-raw", text + "\n" + text,
            ]
        )
        #expect(call.input.isEmpty)
    }

    @Test(
        arguments: [[0x00, 0xFF, 0x27, 0x5C, 0x25, 0x0A], [0x1B, 0x5B, 0x32, 0x4A], Array("%s\\n'".utf8) + [0x07]]
            as [[UInt8]]
    )
    func `gives bytes that are no plain text through a pipe`(bytes: [UInt8]) throws {
        let recorder = log.record(endpoint: "web", request: .request("POST", "/"))
        recorder.received(ByteBuffer(bytes: bytes))
        let detail = try #require(log.detail(of: recorder.id))
        let call = try call(try #require(CurlCommand(detail)))
        #expect(call.arguments.suffix(2) == ["--data-binary", "@-"])
        #expect(call.input == bytes)
    }

    @Test func `gives a body through a pipe that no argument holds`() throws {
        let body = String(repeating: "it's long; ", count: 20_000)
        let call = try call(try command(.request("POST", "/"), body))
        #expect(call.input == Array(body.utf8))
    }

    @Test func `asks for a head, and for what is no path, in curl's own way`() throws {
        #expect(
            try command(.request("HEAD", "/")).text == "curl --globoff --path-as-is --head 'https://app.example.com/'"
        )
        #expect(try command(.request("OPTIONS", "*")).text.hasSuffix(" --request-target '*' 'https://app.example.com'"))
    }

    @Test func `says secrets only when asked`() throws {
        let request = FieldSection.request("GET", "/?token=hush", ["authorization": "Bearer hush"])
        #expect(try !command(request).text.contains("hush"))
        #expect(try command(request, nil, .nothing).text.contains("'authorization: Bearer hush'"))
    }

    @Test func `says nothing of what is not kept or is no request`() throws {
        var limits = ExchangeLimits()
        limits.bodyBytes = 1
        let log = ExchangeLog(limits: limits)
        let cut = try #require(log.detail(of: log.pass(.request("POST"), "ab")))
        #expect(CurlCommand(cut) == nil)
        var request = FieldSection.request("CONNECT")
        request.append(":protocol", "websocket")
        let webSocket = try #require(log.detail(of: log.pass(request)))
        #expect(CurlCommand(webSocket) == nil)
    }
}
