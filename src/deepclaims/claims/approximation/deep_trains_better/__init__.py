"""Deep against shallow perceptrons of the same number of parameters (L1, why many layers)."""
