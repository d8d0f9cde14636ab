"""Filters against dense units: parameters, space, and what it is worth (L1)."""
