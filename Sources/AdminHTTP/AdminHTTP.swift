// Seat of the AdminHTTP room.
