import CoreMetrics
import Testing

@testable import Telemetry

struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry(limits: .init(names: 4, seriesPerName: 2, labelValueBytes: 8))

    private func lines() -> [String] { registry.render().split(separator: "\n").map(String.init) }

    @Test func `a counter has its help, its type and its sum`() {
        registry.describe("edge_requests_total", "Requests served,\nby status \\ class.")
        registry.makeCounter(label: "edge_requests_total", dimensions: [("code", "2xx")]).increment(by: 2)
        registry.makeCounter(label: "edge_requests_total", dimensions: [("code", "2xx")]).increment(by: 3)
        #expect(
            lines() == [
                "# HELP edge_requests_total Requests served, by status \\\\ class.",
                "# TYPE edge_requests_total counter",
                "edge_requests_total{code=\"2xx\"} 5",
            ]
        )
    }

    @Test func `a counter never goes back`() {
        let counter = registry.makeCounter(label: "a_total", dimensions: [])
        counter.increment(by: 2)
        counter.increment(by: -5)
        #expect(lines().last == "a_total 2")
    }

    @Test func `a gauge goes up and down`() {
        let meter = registry.makeMeter(label: "tunnels", dimensions: [])
        meter.set(Int64(4))
        meter.increment(by: 1.5)
        meter.decrement(by: 3)
        #expect(lines() == ["# TYPE tunnels gauge", "tunnels 2.5"])
    }

    @Test func `a timer is a histogram in seconds whose buckets add up`() {
        let timer = registry.makeTimer(label: "d_seconds", dimensions: [("hop", "origin")])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(100_000_000_000)
        let page = lines()
        #expect(page.first == "# TYPE d_seconds histogram")
        #expect(page.contains("d_seconds_bucket{hop=\"origin\",le=\"0.001\"} 0"))
        #expect(page.contains("d_seconds_bucket{hop=\"origin\",le=\"0.0025\"} 2"))
        #expect(page.contains("d_seconds_bucket{hop=\"origin\",le=\"60\"} 2"))
        #expect(page.contains("d_seconds_bucket{hop=\"origin\",le=\"+Inf\"} 3"))
        #expect(page.contains("d_seconds_count{hop=\"origin\"} 3"))
        #expect(page.contains("d_seconds_sum{hop=\"origin\"} 100.004"))
    }

    @Test func `a recorder that aggregates is a histogram and one that does not is a gauge`() {
        registry.makeRecorder(label: "bytes", dimensions: [], aggregate: true).record(Int64(300))
        registry.makeRecorder(label: "level", dimensions: [], aggregate: false).record(7.0)
        #expect(lines().contains("bytes_bucket{le=\"1024\"} 1"))
        #expect(lines().contains("level 7"))
    }

    @Test func `label values are escaped, cut and sorted by name`() {
        registry.makeCounter(label: "a_total", dimensions: [("z", "1"), ("b", "\"\\\n0123456789")]).increment(by: 1)
        #expect(lines().last == #"a_total{b="\"\\\n01234",z="1"} 1"#)
    }

    @Test(arguments: ["", "1a", "a-b", "a b", "é", "a{x}"])
    func `a name that Prometheus refuses is counted and not shown`(name: String) {
        registry.makeCounter(label: name, dimensions: []).increment(by: 1)
        #expect(lines().last == #"telemetry_refused_series_total{reason="name"} 1"#)
        #expect(lines().count == 3)
    }

    @Test(arguments: [[("a-b", "1")], [("__a", "1")], [("le", "1")], [("a", "1"), ("a", "2")]])
    func `labels that Prometheus refuses are counted and not shown`(labels: [(String, String)]) {
        registry.makeCounter(label: "a_total", dimensions: labels).increment(by: 1)
        #expect(lines().last == #"telemetry_refused_series_total{reason="labels"} 1"#)
    }

    @Test func `beyond the limit a new series is dropped and the old ones go on`() {
        for value in 0..<100 {
            registry.makeCounter(label: "a_total", dimensions: [("visitor", "\(value)")]).increment(by: 1)
        }
        registry.makeCounter(label: "a_total", dimensions: [("visitor", "0")]).increment(by: 1)
        #expect(
            lines().filter { !$0.hasPrefix("#") } == [
                #"a_total{visitor="0"} 2"#, #"a_total{visitor="1"} 1"#,
                #"telemetry_refused_series_total{reason="too_many_series"} 98"#,
            ]
        )
    }

    @Test func `one name has one kind, and there are only so many names`() {
        for index in 0..<10 { registry.makeCounter(label: "n\(index)", dimensions: []).increment(by: 1) }
        registry.makeMeter(label: "n0", dimensions: []).set(5.0)
        #expect(lines().contains("n0 1"))
        #expect(lines().contains(#"telemetry_refused_series_total{reason="kind"} 1"#))
        #expect(lines().contains(#"telemetry_refused_series_total{reason="too_many_names"} 6"#))
    }

    @Test func `a destroyed series leaves the page`() {
        let counter = registry.makeCounter(label: "a_total", dimensions: [])
        counter.increment(by: 1)
        registry.destroyCounter(counter)
        #expect(lines().isEmpty)
    }

    @Test func `counts of many tasks are all there`() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = registry.makeCounter(label: "a_total", dimensions: [])
                    for _ in 0..<1000 { counter.increment(by: 1) }
                }
            }
        }
        #expect(lines().last == "a_total 8000")
    }
}
