"""Chapter F: convolutional nets."""
