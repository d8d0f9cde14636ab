"""Test error along training (L1 "Compromiso Sesgo/Varianza": Nakkiran's title)."""
