"""Noise on parameters, inputs and hidden units, only in training (L1 "Inyección de ruido")."""
