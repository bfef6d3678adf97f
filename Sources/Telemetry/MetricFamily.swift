/// Why a registry does not keep a series.
enum Refusal: String, Error, CaseIterable {
    case name
    case labels
    case kind
    case tooManyNames = "too_many_names"
    case tooManySeries = "too_many_series"
}

/// Everything under one metric name.
struct MetricFamily: Sendable {
    enum Kind: Sendable {
        case counter
        case fractionalCounter
        case gauge
        case histogram

        /// The word on the `# TYPE` line.
        var word: String {
            switch self {
            case .counter, .fractionalCounter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    let kind: Kind
    /// By the labels as they stand on the page, `a="1",b="2"`, without braces.
    var series: [String: any AnyObject & Sendable] = [:]

    /// Labels in the order of their names, escaped; nil when a name is refused or stands twice.
    static func labelText(_ labels: [(String, String)], valueBytes: Int) -> String? {
        let labels = labels.sorted { $0.0 < $1.0 }
        var text = ""
        for (index, (name, value)) in labels.enumerated() {
            guard MetricName.isLabel(name), index == 0 || labels[index - 1].0 != name else { return nil }
            text += index == 0 ? "" : ","
            text += "\(name)=\"\(escaped(value, limit: valueBytes))\""
        }
        return text
    }

    private static func escaped(_ value: String, limit: Int) -> String {
        var text = ""
        var room = limit
        for scalar in value.unicodeScalars {
            room -= UTF8.width(scalar)
            guard room >= 0 else { break }
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension [String: MetricFamily] {
    /// The series of that name and those labels, made when it is new and there is room.
    mutating func series<Series: AnyObject & Sendable>(
        _ name: String,
        _ labels: [(String, String)],
        _ kind: MetricFamily.Kind,
        limits: PrometheusRegistry.Limits,
        make: () -> Series
    ) throws(Refusal) -> Series {
        guard MetricName.isMetric(name) else { throw .name }
        guard let text = MetricFamily.labelText(labels, valueBytes: limits.labelValueBytes) else { throw .labels }
        var family: MetricFamily
        if let known = self[name] {
            family = known
        } else {
            guard count < limits.names else { throw .tooManyNames }
            family = MetricFamily(kind: kind)
        }
        guard family.kind == kind else { throw .kind }
        if let known = family.series[text] {
            guard let series = known as? Series else { throw .kind }
            return series
        }
        guard family.series.count < limits.seriesPerName else { throw .tooManySeries }
        let series = make()
        family.series[text] = series
        self[name] = family
        return series
    }
}
