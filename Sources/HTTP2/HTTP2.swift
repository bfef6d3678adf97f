// Seat of the HTTP2 room.
