import ArgumentParser
import FoundationEssentials
import TunnelProtocol

/// One `--bind host=device`.
struct FixedBinding {
    let host: HostName
    let device: String

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let host = HostName(parts[0]), let id = UUID(uuidString: String(parts[1])) else {
            throw ValidationError(
                "--bind: '\(text)' is not host=device, such as app.example.com=6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
            )
        }
        self.host = host
        device = id.uuidString.lowercased()
    }
}
