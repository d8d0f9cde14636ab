"""Chapter C: optimisation."""
