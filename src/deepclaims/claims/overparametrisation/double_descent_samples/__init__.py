"""Test error against the number of samples (L1 "Compromiso Sesgo/Varianza": Nakkiran's title)."""
