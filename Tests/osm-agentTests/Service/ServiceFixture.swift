import Foundation
import Testing

@testable import osm_agent

/// Plans as tests like them, and the files that say what becomes of them.
enum ServiceFixture {
    static func plan(
        _ scope: ServiceInstance.Scope,
        name: String? = nil,
        change: (inout ServicePlan) -> Void = { _ in }
    ) throws -> ServicePlan {
        let instance = try ServiceInstance(scope: scope, name: name)
        return plan(instance, .systemd(instance, ["HOME": "/home/ada"], user: 1000), change)
    }

    static func launchd(
        _ scope: ServiceInstance.Scope,
        change: (inout ServicePlan) -> Void = { _ in }
    ) throws -> ServicePlan {
        let instance = try ServiceInstance(scope: scope, name: nil)
        return plan(instance, .launchd(instance, ["HOME": "/Users/ada"]), change)
    }

    private static func plan(
        _ instance: ServiceInstance,
        _ places: ServicePlaces,
        _ change: (inout ServicePlan) -> Void
    ) -> ServicePlan {
        var plan = ServicePlan(
            instance: instance,
            places: places,
            executable: "/usr/local/bin/osm-agent",
            configuration: places.configuration,
            identity: places.identity,
            socket: places.socket
        )
        change(&plan)
        return plan
    }

    /// What a file beside the tests says; with `OSM_WRITE_GOLDENS` set it is written, to be read over before it counts.
    static func golden(_ name: String, from text: String) throws -> String {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name)")
        if ProcessInfo.processInfo.environment["OSM_WRITE_GOLDENS"] != nil {
            try Data(text.utf8).write(to: path)
        }
        return try String(contentsOf: path, encoding: .utf8)
    }
}
