import Agent

let configuration = TunnelConfiguration(
    identity: try AgentIdentity(folder: "identity"),
    operatorCA: try OperatorCA(file: "operator-ca.json")
)
let tunnel = try Tunnel(to: CommandLine.arguments[1], as: "site", configuration)
do {
    try await tunnel.run()
} catch let error as TunnelError {
    print("failed at the \(error.hop): \(error.problem)\n\(error.nextStep)")
}
