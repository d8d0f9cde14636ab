"""Does pooling make a net mind small shifts and rotations less? (L1, "Pooling")."""
