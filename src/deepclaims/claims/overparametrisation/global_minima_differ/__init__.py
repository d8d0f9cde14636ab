"""Nets that fit equally well, reached by different routes (L1 "La sobreparametrización")."""
