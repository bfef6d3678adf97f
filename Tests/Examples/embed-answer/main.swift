import Agent

let configuration = TunnelConfiguration(
    identity: try AgentIdentity(folder: "identity"),
    operatorCA: try OperatorCA(file: "operator-ca.json")
)
let tunnel = try Tunnel(as: "hello", configuration) { request in
    .text("Hello, you asked for \(request.path)\n")
}
try await tunnel.open { tunnel in
    print("serving at", try await tunnel.url())
    try await Task.sleep(for: .seconds(10))
}
