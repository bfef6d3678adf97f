// Seat of the CertificateAuthority room.
