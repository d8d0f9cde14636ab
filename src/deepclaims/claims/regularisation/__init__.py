"""Chapter E: regularisation."""
