import Testing

@testable import Agent

struct FileTypeTests {
    @Test(
        arguments: [
            ("index.html", "text/html; charset=utf-8"), ("A.B.JS", "text/javascript; charset=utf-8"),
            ("style.CSS", "text/css; charset=utf-8"), ("x.svg", "image/svg+xml"), ("x.tar.gz", "application/gzip"),
            ("notes.txt", "text/plain; charset=utf-8"), ("module.wasm", "application/wasm"),
        ]
    )
    func `goes by what follows the last dot`(_ name: String, _ type: String) {
        #expect(FileType.contentType(of: name) == type)
    }

    @Test(arguments: ["README", "html", "a.", "a.html.", "a.unknown", "", ".html", "a.html~", "a.ht\u{301}ml"])
    func `says nothing of a name that says nothing`(_ name: String) {
        #expect(FileType.contentType(of: name) == "application/octet-stream")
    }
}
