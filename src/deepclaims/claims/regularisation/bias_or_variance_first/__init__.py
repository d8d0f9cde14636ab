"""Bias and variance, each attacked with what is for it and with what is for the other (L1)."""
