// Seat of the TunnelTLS room.
