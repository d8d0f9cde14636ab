"""Chapter A: approximation and depth."""
