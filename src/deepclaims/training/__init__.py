"""Lightning modules, the chunked loop and the training task."""
