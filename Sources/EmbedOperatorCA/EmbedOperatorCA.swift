import PackagePlugin

@main
struct EmbedOperatorCA: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] { [] }
}
