// Seat of the Agent room.
