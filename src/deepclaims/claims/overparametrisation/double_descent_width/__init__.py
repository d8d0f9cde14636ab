"""Test error against the size of the model (L1 "Compromiso Sesgo/Varianza: Deep Learning")."""
