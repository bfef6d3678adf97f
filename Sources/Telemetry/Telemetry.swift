// Seat of the Telemetry room.
