// Seat of the Edge room.
