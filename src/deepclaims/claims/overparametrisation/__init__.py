"""Chapter B: over-parametrisation."""
