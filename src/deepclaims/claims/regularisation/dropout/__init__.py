"""Inverted dropout: a layer's output, and a net that over-fits (L1; Srivastava et al. 2014)."""
