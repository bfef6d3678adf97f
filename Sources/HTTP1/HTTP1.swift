// Seat of the HTTP1 room.
