"""Orthogonal W_hh (L1 "Inicialización Ortogonal", "Desvaneciéndose y explosión del gradiente")."""
