"""Momentum with averaged gradients: its noise ball and its speed against SGD's.

L1 "Momentum: Exponentially Weighted Averages": m is to replace g so that the ball falls at a large
α, and α(1 − β₁) is called the effective learning rate. The exact law is in `optim.momentum_law`.
"""
