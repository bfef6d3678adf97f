// Seat of the TunnelProtocol room.
