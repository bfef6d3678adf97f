import Foundation
import PackagePlugin

/// Bakes the operator's bundle into the agent: `OSM_OPERATOR_CA=DIR swift build --product osm-agent`.
///
/// The variable names a bundle or a folder of `ca-tools` with one in it; without the variable nothing is baked in, and
/// the agent then refuses to dial.
@main
struct EmbedOperatorCA: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let environment = ProcessInfo.processInfo.environment
        let bundle = try Self.bundle(named: environment["OSM_OPERATOR_CA"] ?? "", from: context.package.directoryURL)
        let source = context.pluginWorkDirectoryURL.appending(path: "EmbeddedOperatorCA.swift")
        // All that decides about the result is in the arguments or the inputs: a change of either builds anew.
        var arguments = ["--output", source.path]
        if let bundle { arguments += ["--bundle", bundle.path] }
        if environment["OSM_OPERATOR_CA_ALLOW_SAMPLE"] == "1" { arguments += ["--allow-sample"] }
        return [
            .buildCommand(
                displayName: "Embedding \(bundle?.path ?? "no operator CA")",
                executable: try context.tool(named: "embed-operator-ca").url,
                arguments: arguments,
                inputFiles: bundle.map { [$0] } ?? [],
                outputFiles: [source]
            )
        ]
    }

    /// Finds the bundle itself, or the one in a folder of `ca-tools`.
    ///
    /// A path that leads nowhere fails here, not in the tool: a plan that failed is made anew by the next build, whereas
    /// one without an input would never notice that the bundle is there by then.
    private static func bundle(named path: String, from folder: URL) throws -> URL? {
        guard !path.isEmpty else { return nil }
        let named = URL(filePath: path, relativeTo: folder).absoluteURL
        let candidates = [
            named.appending(path: "bundle/operator-ca.json"), named.appending(path: "operator-ca.json"), named,
        ]
        guard let bundle = candidates.first(where: isFile) else { throw MissingBundle(path: named.path) }
        return bundle
    }

    private static func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}

/// The variable is set, and there is no bundle where it leads.
struct MissingBundle: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "OSM_OPERATOR_CA leads to \(path), where there is no operator-ca.json; name the folder that `ca-tools init` made, "
            + "or the bundle itself"
    }
}
