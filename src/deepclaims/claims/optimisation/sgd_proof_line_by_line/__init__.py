"""The convergence proof of SGD, line by line (L1 "Análisis de convergencia")."""
