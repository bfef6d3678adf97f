import Agent
import Logging

/// Which endpoints an agent begins with and which come back with it, by what kind of process it is.
struct EndpointRoster {
    private let habit: AgentProcess.Habit
    private let remembered: EnabledEndpointsFile?
    private let latest: LatestSpecs

    /// The endpoints of the files as they were last read.
    private actor LatestSpecs {
        private(set) var specs: [EndpointSpec] = []
        private var taken = 0
        var isFirst: Bool { taken == 1 }

        func take(_ specs: [EndpointSpec]) {
            self.specs = specs
            taken += 1
        }
    }

    /// - Parameters:
    ///   - habit: Only a daemon remembers anything.
    ///   - folder: Where it remembers.
    ///   - logger: Hears of trouble with that.
    init(habit: AgentProcess.Habit, folder: String, logger: Logger) {
        self.habit = habit
        latest = LatestSpecs()
        if case .daemon = habit {
            remembered = EnabledEndpointsFile(folder: folder, logger: logger)
        } else {
            remembered = nil
        }
    }

    /// Has the desk serve what this process is to serve by that file.
    func apply(_ file: AgentFile, to desk: EndpointDesk) async {
        await latest.take(file.specs)
        switch habit {
        case .command(let specs):
            // The file says nothing about them, so that another file changes nothing.
            if await latest.isFirst { await desk.replace(specs, from: .command) }
        case .start(let names):
            let chosen = file.specs.filter { spec in names.map { $0.contains(spec.name) } ?? spec.enabled }
            let stopped = Set(await desk.listings.filter { $0.source == .file && !$0.enabled }.map(\.name))
            await desk.replace(chosen.map { $0.enabled(!stopped.contains($0.name)) }, from: .file)
        case .daemon:
            let all = await remembered?.present.endpoints(over: file.specs) ?? file.specs
            let names = Set(file.specs.map(\.name))
            await desk.replace([
                .file: all.filter { names.contains($0.name) },
                .added: all.filter { !names.contains($0.name) },
            ])
        }
    }

    /// Keeps a change for the next start.
    func remember(_ change: EndpointChange) async {
        let specs = await latest.specs
        await remembered?.update { enabled in
            enabled.prune(over: specs)
            enabled.remember(change, over: specs)
        }
    }
}

extension EndpointSpec {
    /// The same, to be served or not.
    func enabled(_ isEnabled: Bool) -> EndpointSpec {
        var spec = self
        spec.enabled = isEnabled
        return spec
    }
}
