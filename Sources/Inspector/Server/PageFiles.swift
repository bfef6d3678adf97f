import AdminHTTP
import NIOCore

/// The files of the page, which are part of the program.
enum PageFiles {
    static let script = "text/javascript; charset=utf-8"
    static let style = "text/css; charset=utf-8"

    /// By path.
    static var routes: [String: AdminRoute] {
        var routes = [
            "/": file(PackageResources.index_html, "text/html; charset=utf-8"),
            "/inspector.css": file(PackageResources.inspector_css, style),
            "/detail.css": file(PackageResources.detail_css, style),
        ]
        let scripts = [
            "inspector": PackageResources.inspector_js, "api": PackageResources.api_js,
            "body": PackageResources.body_js, "detail": PackageResources.detail_js, "dom": PackageResources.dom_js,
            "edit": PackageResources.edit_js, "empty": PackageResources.empty_js,
            "exchanges": PackageResources.exchanges_js, "format": PackageResources.format_js,
            "json": PackageResources.json_js, "list": PackageResources.list_js,
            "messages": PackageResources.messages_js, "status": PackageResources.status_js,
            "timing": PackageResources.timing_js,
        ]
        for (name, bytes) in scripts { routes["/\(name).js"] = file(bytes, script) }
        return routes
    }

    private static func file(_ bytes: [UInt8], _ contentType: String) -> AdminRoute {
        .guardedGet { _ in AdminResponse(status: 200, contentType: contentType, body: ByteBuffer(bytes: bytes)) }
    }
}
