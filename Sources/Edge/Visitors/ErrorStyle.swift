import Crypto
import FoundationEssentials

/// How error pages look, and what a browser may do with them: nothing but apply this one sheet.
enum ErrorStyle {
    static let sheet = """
        :root{color-scheme:light dark;
        --ink:#1c1e21;--paper:#fafaf9;--soft:#60646b;--line:#d9dadd;--bad:#b3261e;--good:#1f7a3d}
        @media(prefers-color-scheme:dark){:root{
        --ink:#e8e9eb;--paper:#17181a;--soft:#a2a6ad;--line:#3a3c40;--bad:#ff8a80;--good:#7fd99a}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;
        background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif}
        main{max-width:36rem;width:100%;overflow-wrap:anywhere}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}
        h1 span{color:var(--bad)}
        p{margin:0 0 .75rem}
        .what{font-size:1.1rem}
        .host,.id,small{color:var(--soft)}
        .id{font-size:.9rem}
        code{font-family:ui-monospace,monospace}
        ol{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:1.5rem 0}
        li{flex:1 1 7rem;padding:.5rem .75rem;border:1px solid var(--line);border-top-width:.25rem;border-radius:.35rem}
        li small{display:block}
        .good{border-top-color:var(--good)}
        .bad{border-top-color:var(--bad)}
        """

    /// The Content-Security-Policy of a page.
    static func policy(_ format: ErrorFormat) -> String {
        switch format {
        case .html: pagePolicy
        case .plain, .json: "default-src 'none'; frame-ancestors 'none'"
        }
    }

    private static let pagePolicy =
        "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The SHA-256 of the sheet, in base64.
    static let digest = Data(SHA256.hash(data: Data(sheet.utf8))).base64EncodedString()
}
