import CAllocator
import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the system says about this process's memory and descriptors, on Linux; elsewhere it says nothing.
struct ProcessMemory: Sendable {
    /// Reads a file of /proc or /sys; nil when there is none.
    let read: @Sendable (String) -> String?

    static let system = ProcessMemory { path in
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { return nil }
    }

    /// Bytes that are in memory now.
    func resident() -> Int? {
        let words = read("/proc/self/statm")?.split(separator: " ")
        guard let words, words.count > 1, let pages = Int(words[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Bytes that the process may use: the least that any of its control groups or the machine allows.
    func available() -> Int? {
        (groupFiles().compactMap { path in read(path).flatMap(Self.number) } + [machine()].compactMap { $0 }).min()
    }

    /// How many descriptors the process may have open.
    func descriptors() -> Int? {
        let line = read("/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
    }

    private func machine() -> Int? {
        let line = read("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// The limits of the process's control groups and of those around them, in both versions of the interface.
    ///
    /// In a container the path in /proc may be the one that the host sees, so the root of the mount counts as well.
    private func groupFiles() -> [String] {
        var files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[0] == "0"
            guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
            var folders = parts[2].split(separator: "/")
            while !folders.isEmpty {
                let path = folders.joined(separator: "/")
                files.append(
                    isUnified
                        ? "/sys/fs/cgroup/\(path)/memory.max" : "/sys/fs/cgroup/memory/\(path)/memory.limit_in_bytes"
                )
                folders.removeLast()
            }
        }
        return files
    }

    /// A number of bytes; nil for `max` and for what the first version of the interface has in its place.
    private static func number(_ text: String) -> Int? {
        guard let bytes = Int(text.filter { !$0.isWhitespace }), bytes > 0, bytes < Int.max / 2 else { return nil }
        return bytes
    }

    /// Gives back to the system what has been freed: the allocator alone would keep it, and the edge stay closed.
    static func returnFreed() { allocator_shim_return_freed() }
}
