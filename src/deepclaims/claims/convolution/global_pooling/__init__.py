"""Global pooling or flattening before the last layer: where each wins (L1, "Global Pooling")."""
