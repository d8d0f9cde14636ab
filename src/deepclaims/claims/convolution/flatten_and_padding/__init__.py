"""Flatten row by row, and the three padded matrices (L1 "Flatten layer", "Padding")."""
