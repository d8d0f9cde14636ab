"""The slides' worked example, dimensions, padding, stride, tensors (L1, "Convolutional Layers")."""
