import NIOCore

/// Measures the process's memory again and again, away from the event loops.
struct MemoryWatcher {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    var system = ProcessMemory.system

    /// Giving memory back takes the allocator's locks, so it is not done at every look.
    private static let looksPerReturn = 10

    /// Goes on until it is cancelled: the edge ends with the first of its tasks that does.
    func run(every interval: TimeAmount) async {
        var looks = 0
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .nanoseconds(interval.nanoseconds))
                // Reading takes a descriptor, and there may be none at the moment.
                guard let resident = system.resident() else { continue }
                let level = try await eventLoop.submit { core.value.overload.measured(resident) }.get()
                guard level != .normal else {
                    looks = 0
                    continue
                }
                if looks % Self.looksPerReturn == 0 { ProcessMemory.returnFreed() }
                looks += 1
            } catch {
                return  // cancelled, or the loop is gone
            }
        }
    }
}
