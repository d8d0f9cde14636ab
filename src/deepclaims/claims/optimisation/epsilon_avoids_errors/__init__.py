"""What happens to adaptive rules without ε (L1 "Adaptive Gradient (Adagrad)")."""
