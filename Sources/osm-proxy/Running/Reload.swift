import CoreMetrics
import Edge
import Logging
import Metrics
import Settings
import Telemetry

/// Reads the configuration again and puts what may change to use.
///
/// A configuration that is wrong changes nothing: the old one stays, and the log says why.
struct Reload: Sendable {
    let loader: SettingsLoader
    let present: PresentSettings
    let edge: EdgeService
    let threshold: LogThreshold
    let registry: PrometheusRegistry
    let logger: Logger

    func run() {
        let before = present.value
        do throws(SettingsProblems) {
            let next = try loader.loadForRunning()
            let changed = ProxySettings.table.differences(before.resolution.target, next.resolution.target)
            let live = changed.filter { $0.change == .live }
            let waiting = changed.filter { $0.change == .restart }
            threshold.level = next.resolution.target.logLevel
            edge.reload(next.configuration)
            let resolution = next.resolution.keeping(waiting, of: before.resolution)
            present.replace(.init(resolution: resolution, configuration: next.configuration))
            count("applied")
            logger.notice("configuration reloaded", metadata: ["changed": "\(Self.keys(live))"])
            guard !waiting.isEmpty else { return }
            logger.warning("settings wait for a restart", metadata: ["settings": "\(Self.keys(waiting))"])
        } catch {
            count("refused")
            for line in error.lines {
                logger.error("configuration not reloaded", metadata: ["error": "\(line)"])
            }
            // The files of the identity and the access log have nothing to do with it.
            edge.reload(before.configuration)
        }
    }

    private func count(_ result: String) {
        Counter(label: "osm_edge_config_reload_total", dimensions: [("result", result)], factory: registry).increment()
    }

    private static func keys(_ settings: [Setting<ProxySettings>]) -> String {
        settings.map(\.key).joined(separator: " ")
    }
}
