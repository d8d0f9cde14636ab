"""A grid against points at random in the same box (L1 "Características del Deep-world")."""
