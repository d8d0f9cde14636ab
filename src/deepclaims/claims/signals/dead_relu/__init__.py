"""Units that ReLU switches off for good, and Leaky ReLU (L1 "Vanishing/Exploting")."""
