// Seat of the Cryptography room.
