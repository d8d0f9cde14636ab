"""The sigmoid's signals and gradients through depth (L1 "Vanishing/Exploting")."""
