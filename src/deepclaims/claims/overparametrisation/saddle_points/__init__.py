"""Saddle points: how many there are, and whether they hold SGD up (L1 "La sobreparametrización")."""
