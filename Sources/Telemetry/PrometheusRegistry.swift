package import CoreMetrics
import Synchronization

/// Keeps every metric of a process and writes them as the page that Prometheus reads.
///
/// A counter, gauge or timer that is made twice with the same name and labels is one series. A series that cannot be
/// kept (a bad name, a second kind under one name, or one series too many) is counted in
/// `telemetry_refused_series_total{reason}` and what it records goes nowhere: a label value that someone outside could
/// choose must never grow the process.
///
/// ## Concurrency
/// The table is behind one lock that is taken to make a series and to write the page, never to count.
package final class PrometheusRegistry: MetricsFactory {
    /// How much one registry holds.
    package struct Limits: Sendable, Equatable {
        /// Different names.
        package var names = 512
        /// Series, that is combinations of label values, under one name.
        package var seriesPerName = 200
        /// Bytes of one label value; a longer one is cut.
        package var labelValueBytes = 128

        /// The limits every process uses.
        package static let standard = Limits()
    }

    /// Bounds for durations in seconds, from a local origin's answer to one that hangs.
    package static let durationBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Bounds for sizes in bytes, from a header to a disk image.
    package static let sizeBounds = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 16_777_216, 268_435_456.0]

    let limits: Limits
    private let families = Mutex<[String: MetricFamily]>([:])
    private let help = Mutex<[String: String]>([:])
    private let refused: [Refusal: CounterSeries]

    /// An empty registry.
    package init(limits: Limits = .standard) {
        self.limits = limits
        self.refused = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, CounterSeries()) })
    }

    /// Gives a metric the sentence that stands on its `# HELP` line.
    package func describe(_ name: String, _ sentence: String) {
        help.withLock { $0[name] = sentence }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter, make: CounterSeries.init)
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .fractionalCounter, make: GaugeSeries.init)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge, make: GaugeSeries.init)
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions, .gauge, make: GaugeSeries.init) }
        return series(label, dimensions, .histogram) { HistogramSeries(bounds: Self.sizeBounds) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { HistogramSeries(bounds: Self.durationBounds) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The page, in the text format 0.0.4, sorted by name.
    package func render() -> String {
        let help = help.withLock { $0 }
        var page = PrometheusPage()
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            page.append(name, family, help: help[name])
        }
        for refusal in Refusal.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
            if let count = refused[refusal]?.value, count > 0 { page.append(refusal, count: count) }
        }
        return page.text
    }

    private func series<Series: AnyObject & Sendable>(
        _ name: String,
        _ labels: [(String, String)],
        _ kind: MetricFamily.Kind,
        make: () -> Series
    ) -> Series {
        let outcome: Result<Series, Refusal> = families.withLock { families in
            do throws(Refusal) {
                return .success(try families.series(name, labels, kind, limits: limits, make: make))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let series): return series
        case .failure(let refusal):
            refused[refusal]?.increment(by: 1)
            return make()
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            families = families.mapValues { family in
                var family = family
                family.series = family.series.filter { $0.value !== handler }
                return family
            }
        }
    }
}
