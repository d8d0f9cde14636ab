"""The noise ball of SGD: its bound at every time, where it is tight, loose, and where it breaks.

L1 "Análisis de convergencia": limsup E‖W_t − w*‖² ≤ α(σ² + μ²)/(2c).
"""
