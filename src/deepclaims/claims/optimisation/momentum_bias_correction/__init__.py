"""Bias correction of momentum, an exponentially weighted average (L1 "Bias Correction")."""
