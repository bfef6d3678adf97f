import ArgumentParser
import FoundationEssentials

/// Which configuration files a command reads.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "A configuration file; of several, later ones count before earlier ones. Default: OSM_AGENT_CONFIG, "
                + "or the first of the usual files (see: osm-agent config path).",
            valueName: "file"
        )
    )
    var files: [String] = []

    var search: ConfigurationSearch {
        ConfigurationSearch(named: files, environment: ProcessInfo.processInfo.environment)
    }

    /// Where the configuration comes from, flags of the same command included.
    func loader(flags: [AgentFileLoader.Written] = []) -> AgentFileLoader {
        AgentFileLoader(
            search: search,
            flags: flags,
            environment: ProcessInfo.processInfo.environment,
            currentFolder: FileManager.default.currentDirectoryPath
        )
    }
}
