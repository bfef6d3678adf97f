import Testing

@testable import osm_agent

struct ConfigurationSearchTests {
    private let harness: AgentFileHarness

    init() throws { harness = try AgentFileHarness() }

    @Test func `files that are named are read, whether or not they are there`() {
        let search = ConfigurationSearch(named: ["/a", "/b"], environment: ["OSM_AGENT_CONFIG": "/c"])
        #expect(search.files == ["/a", "/b"])
        #expect(search.editable == "/a")
        #expect(ConfigurationSearch(named: [], environment: ["OSM_AGENT_CONFIG": "/c"]).files == ["/c"])
    }

    @Test func `the usual places follow XDG`() {
        let home = ConfigurationSearch(named: [], environment: ["HOME": "/h"], hasLibrary: false)
        #expect(home.usual == ["/h/.config/osm-agent/config.yaml", "/etc/osm-agent/config.yaml"])
        let environment = ["HOME": "/h", "XDG_CONFIG_HOME": "/x"]
        let xdg = ConfigurationSearch(named: [], environment: environment, hasLibrary: false)
        #expect(xdg.usual == ["/x/osm-agent/config.yaml", "/etc/osm-agent/config.yaml"])
        let relative = ["HOME": "h", "XDG_CONFIG_HOME": "x"]
        #expect(
            ConfigurationSearch(named: [], environment: relative, hasLibrary: false).usual
                == ["/etc/osm-agent/config.yaml"]
        )
    }

    @Test func `on a Mac the library comes first`() {
        let search = ConfigurationSearch(named: [], environment: ["HOME": "/h"], hasLibrary: true)
        #expect(
            search.usual == [
                "/h/Library/Application Support/osm-agent/config.yaml", "/h/.config/osm-agent/config.yaml",
                "/etc/osm-agent/config.yaml",
            ]
        )
    }

    @Test func `a usual file that is not there is none`() throws {
        let environment = ["HOME": "/nowhere", "XDG_CONFIG_HOME": "\(harness.folderPath)/none"]
        let search = ConfigurationSearch(named: [], environment: environment, hasLibrary: false)
        #expect(search.files.allSatisfy { $0 == ConfigurationSearch.systemPath })
        #expect(search.editable != nil)
    }
}
