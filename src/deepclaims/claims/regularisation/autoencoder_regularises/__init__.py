"""Classifiers with an unsupervised stage (L1 "Autoencoder como regularización")."""
