/// The text format 0.0.4 of Prometheus, written line by line.
struct PrometheusPage {
    private(set) var text = ""

    mutating func append(_ name: String, _ family: MetricFamily, help: String?) {
        guard !family.series.isEmpty else { return }
        appendHeading(name, type: family.kind.word, help: help)
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case let series as CounterSeries: appendSample(name, labels, "\(series.value)")
            case let series as GaugeSeries: appendSample(name, labels, number(series.value))
            case let series as HistogramSeries: appendHistogram(name, labels, series)
            default: continue
            }
        }
    }

    mutating func append(_ refusal: Refusal, count: Int64) {
        let name = "telemetry_refused_series_total"
        if !text.contains("# TYPE \(name) ") {
            appendHeading(name, type: "counter", help: "Series that were not kept, by the reason.")
        }
        appendSample(name, "reason=\"\(refusal.rawValue)\"", "\(count)")
    }

    private mutating func appendHeading(_ name: String, type: String, help: String?) {
        if let help {
            let sentence = help.split(separator: "\n").joined(separator: " ")
            let escaped = sentence.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            text += "# HELP \(name) \(escaped)\n"
        }
        text += "# TYPE \(name) \(type)\n"
    }

    private mutating func appendHistogram(_ name: String, _ labels: String, _ series: HistogramSeries) {
        let snapshot = series.snapshot
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: UInt64 = 0
        for (count, bound) in zip(snapshot.counts, series.bounds + [.infinity]) {
            total += count
            appendSample(name + "_bucket", prefix + "le=\"\(number(bound))\"", "\(total)")
        }
        appendSample(name + "_sum", labels, number(snapshot.sum))
        appendSample(name + "_count", labels, "\(total)")
    }

    private mutating func appendSample(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    private func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        guard value == value.rounded(), abs(value) < 1e15 else { return value.description }
        return Int64(value).description
    }
}
