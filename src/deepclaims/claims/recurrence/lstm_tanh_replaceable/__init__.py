"""The LSTM with another function in place of both its tanh (L1 "Large Time Series Models")."""
