/// Whoever keeps programs running on a machine: what it is told, and what it says.
protocol ServiceKeeper: Sendable {
    var instance: ServiceInstance { get }
    var places: ServicePlaces { get }
    /// As people know it.
    var title: String { get }

    /// What it reads to know the service.
    func definition(of plan: ServicePlan) -> String

    /// What makes it known and running, whether or not its definition is there already.
    func installation(of plan: ServicePlan) -> [ServiceStep]

    /// What ends it and takes its definition away.
    func removal() -> [ServiceStep]

    func start() -> [ServiceStep]
    func stop() -> [ServiceStep]
    func restart() -> [ServiceStep]

    /// How the service is, asked of the system.
    func status(asking machine: ServiceMachine) async -> ServiceStatus

    /// The last lines of its log; empty when they cannot be had.
    func lastLines(asking machine: ServiceMachine) async -> String

    /// What a person should know once it runs; nil when nothing is amiss.
    func advice(asking machine: ServiceMachine) async -> String?
}

extension ServiceKeeper {
    /// Longer than the longest grace period that can be configured.
    static var longestStop: Duration { .seconds(3_700) }

    /// Where everything is according to the definition that is installed, or where it would be.
    func placed(_ own: (_ key: String) -> String?, logs: String) -> ServiceStatus {
        ServiceStatus(
            service: instance.label,
            scope: instance.scope,
            definition: places.definition,
            configuration: own("Configuration") ?? places.configuration,
            identity: own("Identity") ?? places.identity,
            socket: own("Socket") ?? places.socket,
            logs: logs
        )
    }
}
