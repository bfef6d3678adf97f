// Seat of the Settings room.
