"""What a minibatch of B does to the gradient's variance and to the noise ball.

L1 "Gradiente Descendente Estocástico por minibatch": var ≤ σ²/B, and a ball of at most
α(σ²/B + μ²)/(2c). The figures stand in `minibatch_figures`.
"""
