"""The laws of the sampled weights, and which deep nets they train (L1; He et al. 2015)."""
