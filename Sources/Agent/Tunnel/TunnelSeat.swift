/// The place of one tunnel: an edge, and which of the tunnels to it.
struct TunnelSeat: Sendable, Hashable {
    let edge: String
    let slot: Int
}
