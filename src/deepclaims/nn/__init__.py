"""Layers, initialisation laws and models."""
