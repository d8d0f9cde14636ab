"""Losses as negative log-likelihoods: the identities, and what their minimisers estimate.

L2 "Clasificación", "Clasificación binaria", "Regresión", "Funciones de costo en Theano".
"""
