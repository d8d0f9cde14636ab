"""Test error past interpolation (L1 "Compromiso Sesgo/Varianza": Neyshabur et al. 2017)."""
