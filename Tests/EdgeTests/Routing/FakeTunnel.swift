import TunnelProtocol

@testable import Edge

/// A tunnel that carries nothing.
final class FakeTunnel: RoutableTunnel {
    let device: String
    let session: SessionID?
    var openStreams = 0
    var isFull = false
    var allowsExtendedConnect = true
    var isServing = true

    init(_ device: String, session: SessionID? = nil) {
        self.device = device
        self.session = session
    }

    /// A tunnel of an agent, named by one character of its instance.
    convenience init(_ device: String, instance: Character, epoch: UInt64 = 1, slot: Int = 0) {
        let hello = Hello(agent: "a", instance: String(repeating: instance, count: 16), epoch: epoch, slot: slot)
        self.init(device, session: SessionID(hello))
    }

    func serves(_ host: String, by binding: Binding) -> Bool { isServing }
}
