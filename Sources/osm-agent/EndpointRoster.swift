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
        func take(_ specs: [EndpointSpec]) { self.specs = specs }
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
        case .command(let specs): await desk.replace(specs, from: .command)
        case .start(let names):
            let chosen = file.specs.filter { spec in names.map { $0.contains(spec.name) } ?? spec.enabled }
            await desk.replace(chosen.map(\.whenEnabled), from: .file)
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
            switch change {
            case .added(let spec): _ = enabled.add(spec)
            case .removed(let name): enabled.remove(name)
            case .enabled(let isEnabled, let name): _ = enabled.setEnabled(isEnabled, name, over: specs)
            }
        }
    }
}

extension EndpointSpec {
    /// The same, to be served.
    fileprivate var whenEnabled: EndpointSpec {
        var spec = self
        spec.enabled = true
        return spec
    }
}
