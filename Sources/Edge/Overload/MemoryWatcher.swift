import NIOCore

/// Measures the process's memory again and again, away from the event loops.
struct MemoryWatcher {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    var system = ProcessMemory.system

    /// Giving memory back takes the allocator's locks, so it is not done at every look.
    private static let looksPerReturn = 10

    func run(every interval: TimeAmount) async {
        var looks = 0
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .nanoseconds(interval.nanoseconds))
                guard let resident = system.resident() else { return }
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
