"""Nesterov's look-ahead gradient against gradient descent and heavy ball, each tuned.

L1 "Nesterov's accelerated gradient", L2 "Nesterov"; Sutskever et al. 2013. Rates on quadratics
come from `optim.quadratic_rates`; an autoencoder of MNIST is the practical case.
"""
