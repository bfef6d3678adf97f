import Testing

@testable import Inspector

/// The page as files, and what keeps a browser from running anything else.
@Suite(.timeLimit(.minutes(1)))
struct PageFilesTests {
    private static let scripts = [
        PackageResources.api_js, PackageResources.body_js, PackageResources.detail_js, PackageResources.dom_js,
        PackageResources.edit_js, PackageResources.empty_js, PackageResources.exchanges_js,
        PackageResources.format_js, PackageResources.inspector_js, PackageResources.json_js, PackageResources.list_js,
        PackageResources.messages_js, PackageResources.status_js, PackageResources.timing_js,
    ].map { String(decoding: $0, as: UTF8.self) }

    private static let page = String(decoding: PackageResources.index_html, as: UTF8.self)

    @Test(arguments: [
        "/", "/inspector.js", "/inspector.css", "/api/exchanges", "/api/exchanges/9", "/api/nothing", "/x",
    ])
    func `tells the browser on every answer what it may not do`(path: String) async throws {
        try await RunningInspector.run { inspector in
            let fields = try await inspector.ask("GET", path).fields
            #expect(fields["content-security-policy"] == AdminPolicy.expected)
            #expect(fields["x-content-type-options"] == "nosniff")
            #expect(fields["cache-control"] == "no-store")
            #expect(fields["cross-origin-opener-policy"] == "same-origin")
            #expect(fields["cross-origin-resource-policy"] == "same-origin")
            #expect(fields["referrer-policy"] == "no-referrer")
            #expect(fields["access-control-allow-origin"] == nil)
        }
    }

    @Test func `guards its refusals like its answers`() async throws {
        try await RunningInspector.run { inspector in
            for lines in [["host: evil.test"], ["host: \(inspector.host)"]] {
                let fields = try await inspector.ask("GET", "/api/exchanges", lines).fields
                #expect(fields["content-security-policy"] == AdminPolicy.expected)
            }
        }
    }

    @Test func `serves every file that the page asks for, as what it is`() async throws {
        let imported = Self.scripts.flatMap { $0.matches(of: /from "\.(\/[a-z]+\.js)"/).map { String($0.1) } }
        let linked = Self.page.matches(of: /(?:href|src)="(\/[a-z]+\.(?:js|css))"/).map { String($0.1) }
        #expect(linked.count == 3)
        try await RunningInspector.run { inspector in
            for path in Set(imported + linked) {
                let answer = try await inspector.ask("GET", path)
                #expect(answer.status == 200, "\(path)")
                let type = path.hasSuffix(".css") ? "text/css" : "text/javascript"
                #expect(answer.fields["content-type"] == "\(type); charset=utf-8", "\(path)")
            }
        }
    }

    @Test func `has no script or style within the page, and nothing from elsewhere`() {
        #expect(!Self.page.contains(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc="\/)/))
        #expect(!Self.page.contains(/(?:href|src)="(?!\/|#|data:image\/svg)/))
    }

    @Test func `never makes markup or code of text`() {
        let makers = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "createContextualFragment",
            "srcdoc", "eval(", "new Function", "import(", "setAttribute(\"style\"", "javascript:",
        ]
        for maker in makers { #expect(!Self.scripts.contains { $0.contains(maker) }, "\(maker)") }
    }

    @Test func `knows the mark of what is redacted`() {
        #expect(Self.scripts.contains { $0.contains("export const mark = \"\(Redaction.mark)\";") })
    }
}

/// Written out once more, so that no change of the policy goes unnoticed.
enum AdminPolicy {
    static let expected =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
}
