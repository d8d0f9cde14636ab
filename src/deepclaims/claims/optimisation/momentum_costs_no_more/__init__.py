"""What a step with momentum costs beside one of SGD (L1 "Momentum")."""
