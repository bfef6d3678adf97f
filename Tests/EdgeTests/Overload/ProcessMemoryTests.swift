import Testing

@testable import Edge

struct ProcessMemoryTests {
    private static let machine = "MemTotal:       1000 kB\nMemFree:        1 kB\n"

    private func available(_ files: [String: String]) -> Int? {
        ProcessMemory { files[$0] }.available()
    }

    @Test func `this process has memory and descriptors`() throws {
        let resident = try #require(ProcessMemory.system.resident())
        #expect(resident > 1024 * 1024)
        #expect(try #require(ProcessMemory.system.available()) > resident)
        #expect(try #require(ProcessMemory.system.descriptors()) > 16)
    }

    @Test func `the machine's memory counts where no group has a limit`() {
        #expect(available(["/proc/meminfo": Self.machine]) == 1_024_000)
        #expect(available(["/proc/meminfo": Self.machine, "/sys/fs/cgroup/memory.max": "max\n"]) == 1_024_000)
    }

    @Test(arguments: [
        ("0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max"), ("0::/a/b\n", "/sys/fs/cgroup/a/memory.max"),
        ("0::/\n", "/sys/fs/cgroup/memory.max"), ("0::/seen/by/the/host\n", "/sys/fs/cgroup/memory.max"),
        ("5:cpu:/x\n4:memory:/a\n0::/\n", "/sys/fs/cgroup/memory/a/memory.limit_in_bytes"),
        ("4:cpu,memory:/a\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ])
    func `the tightest limit of any group counts`(groups: String, file: String) {
        let files = ["/proc/meminfo": Self.machine, "/proc/self/cgroup": groups, file: "5000\n"]
        #expect(available(files) == 5000)
    }

    @Test func `a limit that is none is not one`() {
        let unlimited = ["/proc/self/cgroup": "0::/a", "/sys/fs/cgroup/a/memory.max": "9223372036854771712"]
        #expect(available(unlimited) == nil)
        #expect(available(["/sys/fs/cgroup/memory.max": "0"]) == nil)
        #expect(available([:]) == nil)
    }

    @Test(
        arguments: [
            (
                "Limit                     Soft Limit           Hard Limit           Units\n"
                    + "Max open files            1024                 524288               files\n", 1024
            ),
            ("Max open files            unlimited            unlimited            files\n", nil), ("", nil),
        ] as [(String, Int?)]
    )
    func `reads the soft limit of descriptors`(text: String, limit: Int?) {
        #expect(ProcessMemory { $0 == "/proc/self/limits" ? text : nil }.descriptors() == limit)
    }

    @Test func `what is not as expected says nothing`() {
        #expect(ProcessMemory { _ in "" }.resident() == nil)
        #expect(ProcessMemory { _ in "garbage" }.resident() == nil)
    }
}
