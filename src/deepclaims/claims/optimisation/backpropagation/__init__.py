"""Backpropagation (L2 "Backpropagation" and "Backprop sobre una neurona")."""
