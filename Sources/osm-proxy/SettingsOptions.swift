import ArgumentParser
import FoundationEssentials

/// The words of the command line that name settings; the table of settings reads them.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "The configuration file; else OSM_PROXY_CONFIG, else /etc/osm-proxy/config.yaml if it is there.",
            valueName: "file"
        )
    )
    var config: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Settings, as `osm-proxy help run` lists them.", visibility: .hidden)
    )
    var settings: [String] = []

    var loader: SettingsLoader {
        SettingsLoader(path: config, arguments: settings, environment: ProcessInfo.processInfo.environment)
    }
}
