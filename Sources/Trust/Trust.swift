// Seat of the Trust room.
