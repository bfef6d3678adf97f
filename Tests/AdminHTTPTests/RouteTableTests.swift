import NIOCore
import Testing

@testable import AdminHTTP

struct RouteTableTests {
    private let paths = [
        "/v1/things", "/v1/things/{name}", "/v1/things/all", "/v1/things/{name}/start", "/files/{rest...}",
    ]

    /// The path of the route that is found, and what stood in its places.
    private func find(_ path: String) async -> (route: String, parameters: [String: String])? {
        let routes = paths.map { path in (path, AdminRoute.get { _ in .text(path) }) }
        let table = RouteTable(Dictionary(uniqueKeysWithValues: routes))
        guard let (route, parameters) = table.find(path), let answer = route.answer(to: "GET") else { return nil }
        let request = AdminRequest(method: "GET", path: path, query: "", host: nil, origin: nil, body: ByteBuffer())
        return (String(buffer: await answer(request).body), parameters)
    }

    @Test(arguments: [
        ("/v1/things", "/v1/things", [:]),
        ("/v1/things/web", "/v1/things/{name}", ["name": "web"]),
        ("/v1/things/a%20b%2Fc+d", "/v1/things/{name}", ["name": "a b/c+d"]),
        ("/v1/things/all", "/v1/things/all", [:]),
        ("/v1/things/web/start", "/v1/things/{name}/start", ["name": "web"]),
        ("/files/a/b.js", "/files/{rest...}", ["rest": "a/b.js"]),
        ("/files/", "/files/{rest...}", ["rest": ""]),
    ])
    func `a path finds its route`(path: String, route: String, parameters: [String: String]) async throws {
        let found = try #require(await find(path))
        #expect(found.route == route)
        #expect(found.parameters == parameters)
    }

    @Test(arguments: [
        "/", "", "/v1", "/v1/things/", "/v1/things//start", "/v1/things/web/stop", "/v1/things/web/start/now",
        "/v1/things/%zz", "/v1/things/%ff", "/files",
    ])
    func `another path finds none`(path: String) async {
        #expect(await find(path) == nil)
    }
}
