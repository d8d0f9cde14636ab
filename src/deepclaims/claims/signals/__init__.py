"""Chapter D: scale of signals."""
