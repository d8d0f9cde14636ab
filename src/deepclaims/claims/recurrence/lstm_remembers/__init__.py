"""Delayed recall by RNNs and LSTMs (L1 "Large Time Series Models")."""
